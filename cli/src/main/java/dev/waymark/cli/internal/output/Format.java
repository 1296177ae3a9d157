package dev.waymark.cli.internal.output;

import dev.waymark.cli.internal.base.CliException;
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

  /** The names by which a user chooses one. */
  public static final List<String> NAMES = List.of("table", "json", "jsonl", "yaml");

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
