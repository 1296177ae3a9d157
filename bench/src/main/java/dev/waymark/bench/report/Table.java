package dev.waymark.bench.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of texts. The first column is aligned left. The others, which hold numbers, are aligned
 * right.
 *
 * @param title what it shows
 * @param columns the headings of the columns
 * @param rows the rows, each with a text for each column
 */
public record Table(String title, List<String> columns, List<List<String>> rows) {

  /** Checks that every row has all columns. */
  public Table {
    rows = List.copyOf(rows);
    for (List<String> row : rows) {
      if (row.size() != columns.size()) {
        throw new IllegalArgumentException(row + " does not fit " + columns);
      }
    }
  }

  /** Formats the table for a terminal. */
  public String text() {
    StringBuilder text = new StringBuilder(title).append('\n');
    List<Integer> widths = widths();
    line(text, columns, widths, "  ", "");
    rows.forEach(row -> line(text, row, widths, "  ", ""));
    return text.toString();
  }

  /** Formats the table for a page in Markdown. */
  public String markdown() {
    StringBuilder text = new StringBuilder("### ").append(title).append("\n\n");
    List<Integer> widths = widths();
    line(text, columns, widths, " | ", "| ");
    List<String> rule = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      rule.add(i == 0 ? "-".repeat(widths.get(0)) : "-".repeat(widths.get(i) - 1) + ":");
    }
    line(text, rule, widths, " | ", "| ");
    rows.forEach(row -> line(text, row, widths, " | ", "| "));
    return text.toString();
  }

  private List<Integer> widths() {
    List<Integer> widths = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      int width = Math.max(3, columns.get(i).length());
      for (List<String> row : rows) {
        width = Math.max(width, row.get(i).length());
      }
      widths.add(width);
    }
    return widths;
  }

  private static void line(
      StringBuilder text, List<String> cells, List<Integer> widths, String between, String edge) {
    text.append(edge);
    for (int i = 0; i < cells.size(); i++) {
      String blanks = " ".repeat(widths.get(i) - cells.get(i).length());
      text.append(i == 0 ? "" : between);
      text.append(i == 0 ? cells.get(i) + blanks : blanks + cells.get(i));
    }
    text.append(edge.isEmpty() ? "" : " |").append('\n');
  }
}
