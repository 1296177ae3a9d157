package dev.waymark.cli.internal.output;

import dev.waymark.cli.internal.base.CliException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The output formats of records. */
public enum Format {
  /** Aligned columns, for people. */
  TABLE,
  /** One JSON value. */
  JSON,
  /** One JSON value per record, each on its own line. */
  JSONL,
  /** One YAML document. */
  YAML;

  /** The names by which a user chooses one. */
  public static final List<String> NAMES = List.of("table", "json", "jsonl", "yaml");

  /** Returns the format of this name, or the table if the name is null. */
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
