package dev.waymark.cli.internal.command.base;

import dev.waymark.cli.internal.output.Output;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.store.LogPart;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.api.TaskLogs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads the output of one attempt incrementally. On the machine that runs the attempt, the log file
 * has all of the output immediately. On other machines there is no file, and the store has the
 * output that the workers have uploaded.
 */
public final class AttemptLog {
  private static final int PIECE_BYTES = 1 << 16;
  private static final String TRUNCATED =
      "\n[waymark] the log file was truncated by another process; output may be missing here\n";

  private final StateStore store;
  private final TaskLogs logs;
  private final TaskRun taskRun;
  private final Attempt attempt;
  private long position;
  private boolean found;

  public AttemptLog(StateStore store, TaskLogs logs, TaskRun taskRun, Attempt attempt) {
    this.store = store;
    this.logs = logs;
    this.taskRun = taskRun;
    this.attempt = attempt;
  }

  /** Whether a log was found, even an empty one. */
  public boolean isFound() {
    return found;
  }

  /**
   * Writes the output that was added since the last call.
   *
   * @param before runs before the first byte, if there is one
   */
  public void copy(Output out, Runnable before) throws IOException {
    try (InputStream file = logs.open(taskRun.executionId(), taskRun.taskId(), attempt.number())) {
      if (file == null) {
        copyFromStore(out, before);
      } else {
        found = true;
        copyFromFile(file, out, before);
      }
    }
  }

  private void copyFromFile(InputStream file, Output out, Runnable before) throws IOException {
    if (file.available() < position) {
      byte[] mark = TRUNCATED.getBytes(StandardCharsets.UTF_8);
      out.write(mark, mark.length);
      position = 0;
    }
    file.skipNBytes(position);
    byte[] buffer = new byte[PIECE_BYTES];
    for (int length = file.read(buffer); length > 0; length = file.read(buffer)) {
      before.run();
      out.write(buffer, length);
      position += length;
    }
  }

  private void copyFromStore(Output out, Runnable before) {
    LogPart part = store.log(attempt.id(), position, PIECE_BYTES);
    found |= part.length() > 0;
    while (part.bytes().length > 0) {
      before.run();
      out.write(part.bytes(), part.bytes().length);
      position = part.position() + part.bytes().length;
      part = store.log(attempt.id(), position, PIECE_BYTES);
    }
  }
}
