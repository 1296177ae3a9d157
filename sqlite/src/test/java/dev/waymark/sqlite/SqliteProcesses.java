package dev.waymark.sqlite;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.StateStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The main classes of the other processes of the tests. */
final class SqliteProcesses {
  private SqliteProcesses() {}

  /**
   * Commits one execution after the other from four threads until it is killed, and prints each id
   * when its commit has returned.
   */
  static final class CommitForever {
    private CommitForever() {}

    public static void main(String[] arguments) {
      StateStore store = SqliteStateStore.open(Path.of(arguments[0]));
      Sample.saveWorkflow(store);
      for (int i = 0; i < 4; i++) {
        new Thread(() -> commitForever(store)).start();
      }
    }

    @SuppressWarnings("InfiniteLoopStatement")
    private static void commitForever(StateStore store) {
      while (true) {
        ExecutionId id = Sample.IDS.executionId();
        Sample.createTaskRuns(store, id, 3);
        synchronized (CommitForever.class) {
          System.out.println(id);
          System.out.flush();
        }
      }
    }
  }

  /**
   * Claims one task run after the other from four threads until it is killed, and prints each id
   * when its claim has returned.
   */
  static final class ClaimForever {
    private ClaimForever() {}

    public static void main(String[] arguments) {
      StateStore store = SqliteStateStore.open(Path.of(arguments[0]));
      for (int i = 0; i < 4; i++) {
        new Thread(() -> claimForever(store)).start();
      }
    }

    @SuppressWarnings("InfiniteLoopStatement")
    private static void claimForever(StateStore store) {
      ClaimRequest request = ClaimRequest.of("killed", 1, Duration.ofHours(1));
      while (true) {
        for (Claimed claimed : store.claim(request).claimed()) {
          synchronized (ClaimForever.class) {
            System.out.println(claimed.taskRun().id());
            System.out.flush();
          }
        }
      }
    }
  }

  /** Commits this number of executions and ends. */
  static final class CommitSome {
    private CommitSome() {}

    public static void main(String[] arguments) {
      try (StateStore store = SqliteStateStore.open(Path.of(arguments[0]))) {
        Sample.saveWorkflow(store);
        int count = Integer.parseInt(arguments[1]);
        for (int i = 0; i < count; i++) {
          Sample.createExecution(store);
        }
      }
      System.out.println("done");
    }
  }

  /**
   * Reads repeatedly until an execution has succeeded, and prints a line for every snapshot that
   * contains a part of a change set. It prints "watching" after the first read, and the number of
   * reads at the end.
   */
  static final class Watch {
    private Watch() {}

    public static void main(String[] arguments) {
      ExecutionId id = ExecutionId.of(arguments[1]);
      try (StateStore store = SqliteStateStore.open(Path.of(arguments[0]))) {
        int reads = 0;
        boolean ended = false;
        while (!ended) {
          ExecutionDetails details = store.executionDetails(id);
          if (details == null) {
            throw new IllegalStateException("no execution " + id);
          }
          ended = details.execution().state() == ExecutionState.SUCCEEDED;
          check(details, ended);
          long listed =
              store
                  .executions(ExecutionQuery.builder().states(ExecutionState.RUNNING).build())
                  .total();
          if (listed > 1) {
            System.out.println("listed " + listed);
          }
          if (++reads == 1) {
            System.out.println("watching");
            System.out.flush();
          }
        }
        System.out.println("reads " + reads);
      }
    }

    private static void check(ExecutionDetails details, boolean ended) {
      long done =
          details.taskRuns().stream()
              .filter(run -> run.taskRun().state() == TaskRunState.SUCCEEDED)
              .count();
      if (done != (ended ? details.taskRuns().size() : 0)) {
        System.out.println(
            "torn: execution " + details.execution().state() + " with " + done + " task runs done");
      }
      if (details.history().size() != historyLength(details, ended)) {
        System.out.println("torn: history of " + details.history().size());
      }
    }

    private static int historyLength(ExecutionDetails details, boolean ended) {
      int runs = details.taskRuns().size();
      return ended ? 2 + runs + runs + runs + 1 : 2 + runs + runs;
    }
  }

  /** Moves every task run of an execution to RUNNING, in one change set with the execution. */
  static void startAll(StateStore store, ExecutionId execution, List<TaskRunId> taskRuns) {
    ChangeSet.Builder start =
        ChangeSet.builder().updateExecution(execution, ExecutionState.RUNNING);
    taskRuns.forEach(id -> start.updateTaskRun(id, TaskRunState.RUNNING));
    store.commit(start.build());
  }
}
