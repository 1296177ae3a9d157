package dev.waymark.runner.file.internal;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A map from strings.
 *
 * @param position where it begins
 * @param entries its entries, in the order of the file
 * @param incomplete whether entries were left out because their keys were refused, so that nothing
 *     follows from a key that is missing
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

  /** The value of a key when it is a map, or null. */
  public @Nullable YamlMap map(String key) {
    return get(key) instanceof YamlMap map ? map : null;
  }

  /** The value of a key when it is a scalar, or null. */
  public @Nullable YamlScalar scalar(String key) {
    return get(key) instanceof YamlScalar scalar ? scalar : null;
  }

  @Override
  public String describe() {
    return entries.isEmpty() ? "an empty map" : "a map";
  }
}
