package dev.waymark.runner.file.internal;

/**
 * A value of a file, with its position. The target of an alias is not copied: the same node may
 * appear in the tree several times.
 */
public sealed interface YamlNode permits YamlScalar, YamlList, YamlMap {

  /** Where it begins. */
  Position position();

  /** A description for a message: {@code the number 5}, {@code a list}. */
  String describe();
}
