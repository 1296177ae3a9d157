package dev.waymark.cli.internal.output;

import dev.waymark.cli.internal.output.View.Column;
import java.util.ArrayList;
import java.util.List;

/** Prints rows in aligned columns. */
final class Table {
  private static final String GAP = "  ";

  private Table() {}

  /** Prints a heading line and a line per record. */
  static <T> void print(
      Output out, Paint paint, String indent, List<Column<T>> columns, List<T> records) {
    List<List<Cell>> rows = new ArrayList<>();
    for (T row : records) {
      List<Cell> cells = new ArrayList<>();
      for (Column<T> column : columns) {
        cells.add(column.cell().apply(row));
      }
      rows.add(cells);
    }
    int[] widths = widths(columns, rows);
    StringBuilder heading = new StringBuilder(indent);
    for (int i = 0; i < widths.length; i++) {
      String title = columns.get(i).title();
      append(
          heading,
          columns.get(i),
          i == widths.length - 1,
          widths[i] - title.length(),
          paint.bold(title));
    }
    out.println(heading.toString());
    for (List<Cell> cells : rows) {
      out.println(line(paint, indent, columns, widths, cells));
    }
  }

  private static <T> String line(
      Paint paint, String indent, List<Column<T>> columns, int[] widths, List<Cell> cells) {
    StringBuilder line = new StringBuilder(indent);
    for (int i = 0; i < widths.length; i++) {
      Cell cell = cells.get(i);
      String text = cell.state() == null ? cell.text() : paint.state(cell.state(), cell.text());
      append(line, columns.get(i), i == widths.length - 1, widths[i] - Width.of(cell.text()), text);
    }
    return line.toString();
  }

  private static <T> int[] widths(List<Column<T>> columns, List<List<Cell>> rows) {
    int[] widths = new int[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = columns.get(i).title().length();
      for (List<Cell> cells : rows) {
        widths[i] = Math.max(widths[i], Width.of(cells.get(i).text()));
      }
    }
    return widths;
  }

  private static void append(
      StringBuilder line, Column<?> column, boolean last, int padding, String text) {
    if (column.right()) {
      pad(line, padding);
    }
    line.append(text);
    if (!last) {
      pad(line, column.right() ? 0 : padding);
      line.append(GAP);
    }
  }

  private static void pad(StringBuilder line, int columns) {
    for (int i = 0; i < columns; i++) {
      line.append(' ');
    }
  }
}
