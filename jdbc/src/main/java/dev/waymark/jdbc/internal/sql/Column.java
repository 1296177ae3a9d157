package dev.waymark.jdbc.internal.sql;

/**
 * A column of the rows of a {@link WriteStatement}.
 *
 * @param name the name, as the SQL of each backend has it
 * @param type the type of its values
 */
public record Column(String name, ColumnType type) {
  static Column uuid(String name) {
    return new Column(name, ColumnType.UUID);
  }

  static Column text(String name) {
    return new Column(name, ColumnType.TEXT);
  }

  static Column bigint(String name) {
    return new Column(name, ColumnType.LONG);
  }

  static Column integer(String name) {
    return new Column(name, ColumnType.INT);
  }

  static Column time(String name) {
    return new Column(name, ColumnType.TIME);
  }

  static Column bytes(String name) {
    return new Column(name, ColumnType.BYTES);
  }
}
