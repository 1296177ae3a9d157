package dev.waymark.cli.internal.progress;

import dev.waymark.cli.internal.base.Terminal;
import dev.waymark.cli.internal.output.Numbers;
import dev.waymark.cli.internal.output.Paint;
import dev.waymark.cli.internal.output.Printable;
import dev.waymark.cli.internal.output.Times;
import dev.waymark.cli.internal.output.Width;
import dev.waymark.core.model.TaskRunState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * One frame of the progress display of an execution: a line per task, and a progress bar below
 * them. A frame always fits the terminal. If there are too many tasks, tasks that have ended or
 * that wait are only counted.
 */
final class Frame {
  private static final String[] SPINNER = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
  private static final int BAR = 30;
  private static final int LONGEST_NAME = 40;
  private static final int SPARE_ROWS = 2;
  private static final int NOTICE_PART = 4;

  private final Terminal.Size size;
  private final Paint paint;
  private final Instant now;
  private final int tick;

  Frame(Terminal.Size size, Paint paint, Instant now, int tick) {
    this.size = size;
    this.paint = paint;
    this.now = now;
    this.tick = tick;
  }

  /** Returns the lines of the frame. */
  List<String> draw(Collection<Row> rows, Instant began) {
    return draw(rows, began, List.of());
  }

  /** Returns the lines of the frame, with as many notices below the bar as fit. */
  List<String> draw(Collection<Row> rows, Instant began, List<String> notices) {
    List<String> lines = new ArrayList<>();
    List<String> shown = notices.subList(0, Math.min(notices.size(), size.rows() / NOTICE_PART));
    int room = Math.max(1, size.rows() - SPARE_ROWS - shown.size());
    if (rows.size() <= room) {
      int width = nameWidth(rows);
      rows.forEach(row -> lines.add(line(row, width)));
    } else {
      drawSome(rows, room, lines);
    }
    lines.add(bar(rows, began));
    shown.forEach(notice -> lines.add(dim("… " + Printable.firstLine(notice))));
    return lines;
  }

  private void drawSome(Collection<Row> rows, int room, List<String> lines) {
    List<Row> shown = rows.stream().filter(Row::isOfInterest).toList();
    int most = Math.max(0, room - 2);
    int hidden = Math.max(0, shown.size() - most);
    shown = shown.subList(0, Math.min(most, shown.size()));
    int width = nameWidth(shown);
    long ended =
        rows.stream()
            .filter(row -> row.state().isTerminal() && row.state() != TaskRunState.FAILED)
            .count();
    long waiting = rows.stream().filter(row -> row.state() == TaskRunState.PENDING).count();
    lines.add(dim("✔ " + Numbers.count(ended, "task") + " ended"));
    shown.forEach(row -> lines.add(line(row, width)));
    lines.add(
        dim(
            "○ "
                + Numbers.grouped(waiting)
                + " waiting"
                + (hidden == 0 ? "" : ", " + Numbers.grouped(hidden) + " more running or failed")));
  }

  private String dim(String text) {
    return paint.dim(Width.cut(text, size.columns() - 1));
  }

  private static int nameWidth(Collection<Row> rows) {
    int width = 0;
    for (Row row : rows) {
      width = Math.max(width, Width.of(row.task()));
    }
    return Math.min(LONGEST_NAME, width);
  }

  private String line(Row row, int nameWidth) {
    String name = Width.cut(row.task(), nameWidth);
    StringBuilder plain = new StringBuilder(name).append(" ".repeat(nameWidth - Width.of(name)));
    if (row.attempt() > 0) {
      plain.append("  ").append(row.attempt() == 1 ? "         " : attempt(row.attempt()));
      plain.append("  ").append(rightAligned(Times.span(row.startedAt(), row.endedAt(), now)));
    }
    plain.append(remark(row));
    int columns = Math.max(1, size.columns() - 3);
    return paint.state(row.state(), glyph(row.state()))
        + " "
        + Width.cut(plain.toString(), columns).stripTrailing();
  }

  private static String attempt(int number) {
    String text = "attempt " + number;
    return text + " ".repeat(Math.max(0, 9 - text.length()));
  }

  private static String rightAligned(String duration) {
    return " ".repeat(Math.max(0, 6 - duration.length())) + duration;
  }

  private String remark(Row row) {
    String error = row.error() == null ? "" : Printable.firstLine(row.error());
    return switch (row.state()) {
      case RETRYING ->
          "  "
              + error
              + (row.retryAt() == null
                  ? ""
                  : "; retry in " + Times.duration(Duration.between(now, row.retryAt())));
      case FAILED -> "  " + error;
      case CANCELLED -> "  cancelled";
      case SKIPPED -> "  skipped";
      case WAITING -> "  waits";
      case PENDING, RUNNING, SUCCEEDED -> "";
    };
  }

  private String glyph(TaskRunState state) {
    return switch (state) {
      case PENDING -> "○";
      case RUNNING -> SPINNER[Math.floorMod(tick, SPINNER.length)];
      case RETRYING -> "↻";
      case WAITING -> "◷";
      case SUCCEEDED -> "✔";
      case FAILED -> "✘";
      case CANCELLED -> "⊘";
      case SKIPPED -> "↷";
    };
  }

  private String bar(Collection<Row> rows, Instant began) {
    long ended = rows.stream().filter(row -> row.state().isTerminal()).count();
    long running = rows.stream().filter(row -> row.state() == TaskRunState.RUNNING).count();
    long failed = rows.stream().filter(row -> row.state() == TaskRunState.FAILED).count();
    StringBuilder text =
        new StringBuilder(" ")
            .append(Numbers.grouped(ended))
            .append('/')
            .append(Numbers.count(rows.size(), "task"));
    text.append(running == 0 ? "" : " · " + Numbers.grouped(running) + " running")
        .append(failed == 0 ? "" : " · " + Numbers.grouped(failed) + " failed");
    text.append(" · ").append(Times.duration(Duration.between(began, now)));
    int length = Math.max(0, Math.min(BAR, size.columns() - 1 - Width.of(text.toString())));
    int full = rows.isEmpty() ? 0 : (int) (length * ended / rows.size());
    String done = "━".repeat(full);
    return (failed > 0 ? paint.error(done) : paint.state(TaskRunState.SUCCEEDED, done))
        + paint.dim("╌".repeat(length - full))
        + Width.cut(text.toString(), size.columns() - 1 - length);
  }
}
