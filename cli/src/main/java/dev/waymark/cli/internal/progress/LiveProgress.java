package dev.waymark.cli.internal.progress;

import dev.waymark.cli.internal.base.Terminal;
import dev.waymark.cli.internal.output.Messages;
import dev.waymark.cli.internal.output.Paint;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.runner.api.TaskRunProgress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Redraws the progress display of one execution in place, ten times a second. The cursor stays
 * visible, so that the terminal needs no repair if the process is killed. Thread-safe.
 */
public final class LiveProgress implements Progress {
  private static final int REDRAW_MILLIS = 100;
  private static final int MEASURE_EVERY = 20;
  private static final String CLEAR_TO_LINE_END = "\u001b[K";
  private static final String CLEAR_TO_SCREEN_END = "\u001b[J";

  private final Messages messages;
  private final Paint paint;
  private final Supplier<Terminal.Size> measure;
  private final InstantSource clock;
  private final Map<TaskId, Row> rows = new LinkedHashMap<>();
  private final Thread ticker = new Thread(this::tickOn, "waymark-progress");
  private final Map<ExecutionId, String> others = new LinkedHashMap<>();
  private List<String> waiting = List.of();
  private @Nullable ExecutionId main;
  private @Nullable Instant began;
  private Terminal.Size size = Terminal.USUAL;
  private int drawn;
  private int tick;
  private boolean closed;

  /** Creates a display on this terminal. */
  public LiveProgress(
      Messages messages, Paint paint, Supplier<Terminal.Size> measure, InstantSource clock) {
    this.messages = messages;
    this.paint = paint;
    this.measure = measure;
    this.clock = clock;
  }

  @Override
  public synchronized void executionStarted(Execution execution, List<TaskRun> taskRuns) {
    if (main != null && !main.equals(execution.id())) {
      others.put(
          execution.id(),
          "working on execution " + execution.id() + " of " + execution.workflowId());
      return;
    }
    main = execution.id();
    began = execution.startedAt() == null ? clock.instant() : execution.startedAt();
    for (TaskRun taskRun : taskRuns) {
      rows.merge(taskRun.taskId().task(), Row.of(taskRun), LiveProgress::newer);
    }
    if (ticker.getState() == Thread.State.NEW && !closed) {
      ticker.setDaemon(true);
      ticker.start();
    }
  }

  @Override
  public synchronized void taskRunChanged(TaskRunProgress change) {
    if (change.executionId().equals(main)) {
      rows.computeIfPresent(change.taskId().task(), (task, row) -> after(row, change));
    }
  }

  private static Row newer(Row one, Row other) {
    return iteration(one) > iteration(other) ? one : other;
  }

  /** The row after a change, which may be the creation of the next iteration. */
  private static Row after(Row row, TaskRunProgress change) {
    int newer = change.taskId().iteration() - iteration(row);
    return newer < 0 ? row : (newer == 0 ? row : Row.of(change.taskId())).after(change);
  }

  private static int iteration(Row row) {
    return new TaskId(row.task()).iteration();
  }

  @Override
  public synchronized void executionEnded(Execution execution) {
    others.remove(execution.id());
  }

  @Override
  public synchronized void waiting(List<String> lines) {
    waiting = List.copyOf(lines);
  }

  @Override
  public synchronized void close() {
    waiting = List.of();
    if (closed) {
      return;
    }
    closed = true;
    notifyAll();
    if (ticker.getState() != Thread.State.NEW) {
      draw();
    }
  }

  private void tickOn() {
    for (int ticks = 0; ; ticks++) {
      // Measuring starts a process; it must not delay the runner, which waits for its listener.
      Terminal.Size measured = ticks % MEASURE_EVERY == 0 ? measure.get() : null;
      if (!redraw(measured)) {
        return;
      }
    }
  }

  /** Draws a frame and waits until the next one is due. Returns false if the display is closed. */
  private synchronized boolean redraw(Terminal.@Nullable Size measured) {
    size = measured == null ? size : measured;
    if (!closed) {
      draw();
      tick++;
    }
    long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(REDRAW_MILLIS);
    try {
      for (long left = due - System.nanoTime();
          left > 0 && !closed;
          left = due - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      return false;
    }
    return !closed;
  }

  private void draw() {
    Instant start = began == null ? clock.instant() : began;
    List<String> notices = new ArrayList<>(others.values());
    waiting.forEach(line -> notices.add("waiting: " + line));
    List<String> lines =
        new Frame(size, paint, clock.instant(), tick).draw(rows.values(), start, notices);
    StringBuilder picture = new StringBuilder();
    if (drawn > 0) {
      picture.append("\u001b[").append(drawn).append('F');
    }
    for (String line : lines) {
      picture.append(line).append(CLEAR_TO_LINE_END).append('\n');
    }
    messages.raw(picture.append(CLEAR_TO_SCREEN_END).toString());
    drawn = lines.size();
  }
}
