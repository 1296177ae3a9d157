package dev.waymark.cli.internal.output;

import dev.waymark.core.query.Page;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints records in the requested format. */
public final class Printer {
  private final Format format;
  private final Output out;
  private final Paint paint;
  private final Messages messages;

  /** Creates a printer of data to {@code out} and of remarks about it to {@code messages}. */
  public Printer(Format format, Output out, Paint paint, Messages messages) {
    this.format = format;
    this.out = out;
    this.paint = paint;
    this.messages = messages;
  }

  /** Returns the format. */
  public Format format() {
    return format;
  }

  /** Prints a page of a longer list. */
  public <T> void page(Page<T> page, View<T> view) {
    if (format == Format.TABLE) {
      table(page, view);
    } else if (format == Format.JSONL) {
      page.items().forEach(item -> JsonOutput.writeLine(out, view.fields().apply(item)));
    } else {
      value(fields(page, view));
    }
  }

  /** Prints a complete list as a single page. */
  public <T> void all(List<T> items, View<T> view) {
    page(new Page<>(items, items.size(), 0L, items.size(), null), view);
  }

  /** Prints one record in a format other than the table. */
  public <T> void one(T item, View<T> view) {
    if (format == Format.JSONL) {
      JsonOutput.writeLine(out, view.fields().apply(item));
    } else {
      value(view.fields().apply(item));
    }
  }

  /** Prints a tree, in the format of the table. */
  public void tree(ExecutionTree tree) {
    tree.print(out, paint);
  }

  /** Prints a heading and a table; prints nothing if there are no records. */
  public <T> void section(String heading, List<T> items, View<T> view) {
    if (!items.isEmpty()) {
      out.println("");
      out.println(paint.bold(heading));
      Table.print(out, paint, "  ", view.columns(), items);
    }
  }

  /** Prints names and values, one pair per line. */
  public void properties(Map<String, Cell> properties) {
    int width = properties.keySet().stream().mapToInt(String::length).max().orElse(0);
    properties.forEach(
        (name, cell) -> {
          String text = cell.state() == null ? cell.text() : paint.state(cell.state(), cell.text());
          out.println(paint.bold(name) + " ".repeat(width - name.length() + 2) + text);
        });
  }

  private void value(Object value) {
    if (format == Format.YAML) {
      YamlOutput.write(out, value);
    } else {
      JsonOutput.writeIndented(out, value);
    }
  }

  private static <T> Map<String, @Nullable Object> fields(Page<T> page, View<T> view) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("items", Views.all(page.items(), view.fields()));
    fields.put("total", page.total());
    fields.put("offset", page.offset());
    fields.put("limit", page.limit());
    fields.put("next", page.next() == null ? null : page.next().toString());
    return fields;
  }

  private <T> void table(Page<T> page, View<T> view) {
    if (!page.items().isEmpty()) {
      Table.print(out, paint, "", view.columns(), page.items());
      out.flush();
    }
    String footer = footer(page, view.noun());
    if (footer != null) {
      messages.note(footer);
    }
  }

  private static @Nullable String footer(Page<?> page, String noun) {
    int shown = page.items().size();
    if (page.total() == 0) {
      return "no " + noun;
    }
    if (shown == page.total()) {
      return null;
    }
    String of = Numbers.grouped(page.total()) + " " + noun;
    if (page.offset() == null) {
      return Numbers.grouped(shown)
          + " of "
          + of
          + (page.next() == null ? " · last page" : " · next: --after " + page.next());
    }
    if (shown == 0) {
      return "offset " + page.offset() + " is past the last of " + of;
    }
    long last = page.offset() + shown;
    String range = Numbers.grouped(page.offset() + 1) + "–" + Numbers.grouped(last) + " of " + of;
    if (page.next() != null) {
      return range + " · next: --after " + page.next();
    }
    return last < page.total() ? range + " · next: --offset " + last : range;
  }
}
