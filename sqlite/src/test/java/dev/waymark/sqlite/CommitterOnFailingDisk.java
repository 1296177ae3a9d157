package dev.waymark.sqlite;

import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.StateStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletionException;

/**
 * A process that commits one execution after the other, on a disk whose syncs may fail. A commit
 * that fails is repeated with its commit id. Each answer is a line in the log file, to which the
 * syncs may be written as well: {@code acknowledged ID} or {@code refused ID MESSAGE}.
 */
final class CommitterOnFailingDisk {
  private static final int TRIES = 3;

  private CommitterOnFailingDisk() {}

  /**
   * Arguments: the database file, the log file, the number of commits, {@code async} or {@code
   * sync}.
   */
  public static void main(String[] arguments) throws IOException {
    Path log = Path.of(arguments[1]);
    boolean async = arguments[3].equals("async");
    try (StateStore store = SqliteStateStore.open(Path.of(arguments[0]))) {
      for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
        ExecutionId id = Sample.IDS.executionId();
        ChangeSet changes =
            ChangeSet.builder().createExecution(new NewExecution(id, Sample.WORKFLOW)).build();
        boolean acknowledged = false;
        for (int tries = 1; tries <= TRIES && !acknowledged; tries++) {
          acknowledged = commit(store, changes, id, async, log);
        }
      }
      log(log, "end");
      Runtime.getRuntime().halt(0); // as kill -9: nothing is closed, and the log stays behind
    }
  }

  private static boolean commit(
      StateStore store, ChangeSet changes, ExecutionId id, boolean async, Path log) {
    try {
      if (async) {
        store.commitAsync(changes).join();
      } else {
        store.commit(changes);
      }
      log(log, "acknowledged " + id);
      return true;
    } catch (WaymarkException e) {
      log(log, "refused " + id + " " + e.getMessage());
    } catch (CompletionException e) {
      log(log, "refused " + id + " " + e.getCause().getMessage());
    }
    return false;
  }

  private static void log(Path log, String line) {
    try {
      Files.write(
          log,
          (line + "\n").getBytes(StandardCharsets.UTF_8),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
