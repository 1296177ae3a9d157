package dev.waymark.runner.file.internal;

/**
 * A value of a file, with the place where it stands. What an alias names is not copied: the same
 * node may stand in the tree several times.
 */
public sealed interface YamlNode permits YamlScalar, YamlList, YamlMap {

  /** Where it begins. */
  Position position();

  /** What it is, for a message: {@code the number 5}, {@code a list}. */
  String describe();
}
