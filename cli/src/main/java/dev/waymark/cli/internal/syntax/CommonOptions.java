package dev.waymark.cli.internal.syntax;

import dev.waymark.cli.internal.output.Format;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options that every command accepts, before its name as well as after it. */
public final class CommonOptions {
  /** Which store. */
  public static final Option STORE =
      Option.of(
          "URL",
          "The store: sqlite:PATH or postgresql://USER@HOST:PORT/DATABASE, with settings such as"
              + " ?busy-timeout=5s or ?schema=NAME after it. Default:"
              + " $WAYMARK_STORE, else sqlite:~/.waymark/waymark.db",
          "--store");

  /** More on standard error. */
  public static final Option VERBOSE =
      Option.flag("Say more: log messages, and the stack trace of an error.", "-v", "--verbose");

  /** The help of the command. */
  public static final Option HELP = Option.flag("Show this help.", "-h", "--help");

  /** The output format, for every command that prints records. */
  public static final Option FORMAT =
      Option.of(
              "FORMAT",
              "How to print records: table, json, jsonl (one record a line) or yaml. Default:"
                  + " table",
              "-o",
              "--output")
          .candidates(Format.NAMES);

  /** Those that every command accepts. */
  public static final List<Option> ALL = List.of(STORE, VERBOSE, HELP);

  private CommonOptions() {}

  /** The common option of this name, or null. */
  static @Nullable Option named(String name) {
    for (Option option : ALL) {
      if (option.names().contains(name)) {
        return option;
      }
    }
    return null;
  }
}
