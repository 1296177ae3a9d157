package dev.waymark.postgres;

import dev.waymark.core.conflict.IllegalTransitionException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.StateStore;

/** The main methods of the other processes of {@link PostgresProcessesIT}. */
final class PostgresProcesses {
  private PostgresProcesses() {}

  /** Arguments: URL, schema. Opens the store, which may be new, and prints that. */
  static final class Open {
    private Open() {}

    public static void main(String[] arguments) {
      try (StateStore store = open(arguments)) {
        Sample.saveWorkflow(store);
        System.out.println("open");
      }
    }
  }

  /**
   * Arguments: URL, schema, task run, attempts. Writes its own executions, then makes the attempts
   * of one task run in turn with the other processes.
   */
  static final class Write {
    private Write() {}

    public static void main(String[] arguments) throws Exception {
      try (StateStore store = open(arguments)) {
        Workload own = new Workload(store, 4, 25);
        own.run();
        TaskRunId shared = TaskRunId.of(arguments[2]);
        int wanted = Integer.parseInt(arguments[3]);
        for (int done = 0; done < wanted; ) {
          done += tried(store, shared) ? 1 : 0;
        }
        System.out.println("done " + own.commits());
      }
    }

    private static boolean tried(StateStore store, TaskRunId run) {
      int number;
      try {
        number = (int) store.recordAttempt(run, "w").version();
      } catch (IllegalTransitionException anotherIsLive) {
        return false;
      }
      store.updateAttempt(new AttemptId(run, number), AttemptState.FAILED, 1);
      return true;
    }
  }

  private static StateStore open(String[] arguments) {
    return PostgresStateStore.builder(arguments[0]).schema(arguments[1]).build();
  }
}
