package dev.waymark.runner.file.internal;

/**
 * A position in a file.
 *
 * @param line the line, from 1
 * @param column the column, from 1, in code points
 */
public record Position(int line, int column) {
  /** The first character of the file. */
  public static final Position START = new Position(1, 1);
}
