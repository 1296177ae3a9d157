package dev.waymark.bench.storage;

import java.util.Locale;

/** The backends of the store. */
public enum Backend {
  /** One file. */
  SQLITE("SQLite"),
  /** A schema of a server. */
  POSTGRES("PostgreSQL");

  private final String title;

  Backend(String title) {
    this.title = title;
  }

  /** Its name in prose. */
  public String title() {
    return title;
  }

  /** Its name in options and file names. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
