package dev.waymark.runner.file.internal;

import java.util.List;

/**
 * A list.
 *
 * @param position where it begins
 * @param items its items
 */
public record YamlList(Position position, List<YamlNode> items) implements YamlNode {
  @Override
  public String describe() {
    return items.isEmpty() ? "an empty list" : "a list";
  }
}
