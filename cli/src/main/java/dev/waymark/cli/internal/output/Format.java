package dev.waymark.cli.internal.output;

import dev.waymark.cli.internal.CliException;
import dev.waymark.cli.internal.syntax.Nearest;
import dev.waymark.cli.internal.syntax.Option;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How records are printed. */
public enum Format {
  /** Aligned columns, for people. */
  TABLE,
  /** One JSON value. */
  JSON,
  /** One JSON value a line for each record. */
  JSONL,
  /** One YAML document. */
  YAML;

  private static final List<String> NAMES = List.of("table", "json", "jsonl", "yaml");

  /** The option of every command that prints records. */
  public static final Option OPTION =
      Option.of(
              "FORMAT",
              "How to print records: table, json, jsonl (one record a line) or yaml. Default:"
                  + " table",
              "-o",
              "--output")
          .candidates(NAMES);

  /** The format of this name; the table where none is given. */
  public static Format named(@Nullable String name) {
    if (name == null) {
      return TABLE;
    }
    int index = NAMES.indexOf(name);
    if (index < 0) {
      throw CliException.usage(
          "unknown output format "
              + Nearest.quote(name)
              + Nearest.hint(name, NAMES, "; use table, json, jsonl or yaml"));
    }
    return values()[index];
  }
}
