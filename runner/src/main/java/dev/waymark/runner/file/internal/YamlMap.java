package dev.waymark.runner.file.internal;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A map from strings.
 *
 * @param position where it begins
 * @param entries its entries, in the order of the file
 * @param incomplete whether entries were left out because their keys were rejected; a key that is
 *     not in the map is then not necessarily missing
 */
public record YamlMap(Position position, Map<String, Entry> entries, boolean incomplete)
    implements YamlNode {

  /**
   * One entry.
   *
   * @param key the key
   * @param value the value
   */
  public record Entry(YamlScalar key, YamlNode value) {}

  /** The value of a key, or null. */
  public @Nullable YamlNode get(String key) {
    Entry entry = entries.get(key);
    return entry == null ? null : entry.value();
  }

  /** The value of a key if it is a map; otherwise null. */
  public @Nullable YamlMap map(String key) {
    return get(key) instanceof YamlMap map ? map : null;
  }

  /** The value of a key if it is a scalar; otherwise null. */
  public @Nullable YamlScalar scalar(String key) {
    return get(key) instanceof YamlScalar scalar ? scalar : null;
  }

  @Override
  public String describe() {
    return entries.isEmpty() ? "an empty map" : "a map";
  }
}
