package dev.waymark.cli.internal.syntax;

import dev.waymark.cli.internal.output.Format;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options that every command accepts, before or after its name. */
public final class CommonOptions {
  /** Selects the store. */
  public static final Option STORE =
      Option.of(
          "URL",
          "URL of the store: sqlite:PATH or postgresql://USER@HOST:PORT/DATABASE, followed by"
              + " settings such as ?busy-timeout=5s or ?schema=NAME (default: $WAYMARK_STORE, else"
              + " sqlite:~/.waymark/waymark.db).",
          "--store");

  /** Selects the store for commands that only read. */
  public static final Option READ_STORE =
      Option.of(
          "URL",
          "URL of a replica of the store on PostgreSQL, for commands that only read (default:"
              + " $WAYMARK_READ_STORE, else the store itself). A message says how far it can be"
              + " behind.",
          "--read-store");

  /** Prints more to standard error. */
  public static final Option VERBOSE =
      Option.flag("Print log messages, and the stack trace of an error.", "-v", "--verbose");

  /** Shows the help of the command. */
  public static final Option HELP = Option.flag("Show this help.", "-h", "--help");

  /** Selects the output format; an option of every command that prints records. */
  public static final Option FORMAT =
      Option.of(
              "FORMAT",
              "Output format: table, json, jsonl (one record per line) or yaml (default table).",
              "-o",
              "--output")
          .candidates(Format.NAMES);

  /** All options that every command accepts. */
  public static final List<Option> ALL = List.of(STORE, READ_STORE, VERBOSE, HELP);

  private CommonOptions() {}

  /** Returns the common option of this name, or null. */
  static @Nullable Option named(String name) {
    for (Option option : ALL) {
      if (option.names().contains(name)) {
        return option;
      }
    }
    return null;
  }
}
