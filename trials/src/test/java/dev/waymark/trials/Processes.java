package dev.waymark.trials;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.conflict.IllegalTransitionException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Order;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Invariants;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The main methods of the processes of {@link SeveralProcessesIT}; arguments: URL, shared records,
 * seconds.
 */
final class Processes {
  private static final WorkflowId WORKFLOW = new WorkflowId("shared");
  private static final Ids IDS = Ids.system();
  private static final int TASKS = 3;

  private Processes() {}

  /**
   * The records that all writers change: an execution to pause and resume, and a task run with
   * attempts.
   */
  record Shared(ExecutionId execution, ExecutionId tried, TaskRunId taskRun) {
    static Shared parse(String text) {
      String[] ids = text.split("/", -1);
      return new Shared(ExecutionId.of(ids[0]), ExecutionId.of(ids[1]), TaskRunId.of(ids[2]));
    }

    @Override
    public String toString() {
      return execution + "/" + tried + "/" + taskRun;
    }
  }

  /** The number of acknowledged commits. */
  static final class Tally {
    private long executions;
    private long toggles;
    private long attempts;
    private long refused;

    static Tally parse(String line) {
      String[] words = line.split(" ", -1);
      Tally tally = new Tally();
      tally.executions = Long.parseLong(words[0]);
      tally.toggles = Long.parseLong(words[4]);
      tally.attempts = Long.parseLong(words[7]);
      tally.refused = Long.parseLong(words[9]);
      return tally;
    }

    synchronized void add(Tally other) {
      executions += other.executions;
      toggles += other.toggles;
      attempts += other.attempts;
      refused += other.refused;
    }

    long executions() {
      return executions;
    }

    long toggles() {
      return toggles;
    }

    long attempts() {
      return attempts;
    }

    @Override
    public String toString() {
      return "%d executions to end, %d shared moves, %d attempts, %d refused as they should"
          .formatted(executions, toggles, attempts, refused);
    }
  }

  static Shared createShared(StateStore store) {
    store.saveWorkflow(new NewWorkflow(WORKFLOW, "tasks: {}"));
    Shared shared = new Shared(IDS.executionId(), IDS.executionId(), IDS.taskRunId());
    store.commit(
        ChangeSet.builder()
            .createExecution(new NewExecution(shared.execution(), WORKFLOW))
            .updateExecution(shared.execution(), ExecutionState.RUNNING)
            .build());
    store.commit(
        ChangeSet.builder()
            .createExecution(new NewExecution(shared.tried(), WORKFLOW))
            .updateExecution(shared.tried(), ExecutionState.RUNNING)
            .createTaskRun(new NewTaskRun(shared.taskRun(), shared.tried(), new TaskId("t")))
            .updateTaskRun(shared.taskRun(), TaskRunState.RUNNING)
            .build());
    return shared;
  }

  /**
   * Writes from several threads until its time has passed, then prints the acknowledged commits.
   */
  static final class Write {
    private static final int THREADS = 3;

    private Write() {}

    public static void main(String[] arguments) throws Exception {
      Shared shared = Shared.parse(arguments[1]);
      BooleanSupplier goesOn = timer(arguments[2]);
      try (StateStore store = StoreLocation.open(arguments[0])) {
        List<Callable<Tally>> work = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          work.add(() -> own(store, goesOn));
        }
        work.add(() -> toggle(store, shared.execution(), goesOn));
        work.add(() -> tryTask(store, shared.taskRun(), goesOn));
        System.out.println(together(work));
      }
    }

    private static Tally together(List<Callable<Tally>> work) throws Exception {
      ExecutorService threads = Executors.newFixedThreadPool(work.size());
      Tally all = new Tally();
      for (Future<Tally> done : threads.invokeAll(work)) {
        all.add(done.get());
      }
      threads.shutdown();
      return all;
    }

    /** Brings its own executions from start to end; no other writer may cause a conflict. */
    private static Tally own(StateStore store, BooleanSupplier goesOn) {
      Tally tally = new Tally();
      while (goesOn.getAsBoolean()) {
        ExecutionId execution = IDS.executionId();
        List<TaskRunId> runs = List.of(IDS.taskRunId(), IDS.taskRunId(), IDS.taskRunId());
        ChangeSet.Builder begin =
            ChangeSet.builder()
                .createExecution(new NewExecution(execution, WORKFLOW))
                .updateExecution(execution, ExecutionState.RUNNING, 1L);
        ChangeSet.Builder end = ChangeSet.builder();
        for (int i = 0; i < TASKS; i++) {
          begin
              .createTaskRun(new NewTaskRun(runs.get(i), execution, new TaskId("t" + i)))
              .updateTaskRun(runs.get(i), TaskRunState.RUNNING, 1L)
              .recordAttempt(runs.get(i), "w");
          end.updateAttempt(new AttemptId(runs.get(i), 1), AttemptState.SUCCEEDED, 0)
              .add(new Change.UpdateTaskRun(runs.get(i), TaskRunState.SUCCEEDED, 2L, 1));
        }
        commitTwice(store, begin.build());
        commitTwice(store, end.updateExecution(execution, ExecutionState.SUCCEEDED, 2L).build());
        tally.executions++;
      }
      return tally;
    }

    /** The same commit id twice has one effect and one answer. */
    private static void commitTwice(StateStore store, ChangeSet changes) {
      CommitResult first = store.commit(changes);
      CommitResult second = store.commit(changes);
      if (!first.equals(second)) {
        throw new IllegalStateException(first + ", and when repeated " + second);
      }
    }

    /**
     * Pauses and resumes an execution concurrently with others, each time from the version that it
     * read.
     */
    private static Tally toggle(StateStore store, ExecutionId id, BooleanSupplier goesOn) {
      Tally tally = new Tally();
      while (goesOn.getAsBoolean()) {
        Execution now = Objects.requireNonNull(store.execution(id));
        ExecutionState to =
            now.state() == ExecutionState.RUNNING ? ExecutionState.PAUSED : ExecutionState.RUNNING;
        try {
          Outcome outcome = store.updateExecution(id, to, now.version());
          if (outcome.version() != now.version() + 1) {
            throw new IllegalStateException(outcome + " after version " + now.version());
          }
          tally.toggles++;
        } catch (ConflictException anotherWasFaster) {
          tally.refused++;
        }
      }
      return tally;
    }

    /** Records attempts of one task run concurrently with others, and ends its own. */
    private static Tally tryTask(StateStore store, TaskRunId run, BooleanSupplier goesOn) {
      Tally tally = new Tally();
      while (goesOn.getAsBoolean()) {
        int number;
        try {
          number = (int) store.recordAttempt(run, "w").version();
        } catch (IllegalTransitionException anotherIsLive) {
          tally.refused++;
          continue;
        }
        store.updateAttempt(new AttemptId(run, number), AttemptState.FAILED, 1);
        tally.attempts++;
      }
      return tally;
    }
  }

  /**
   * Reads until its time has passed and prints how often; ends at once when it sees a part of a
   * change set.
   */
  static final class Read {
    private Read() {}

    public static void main(String[] arguments) {
      BooleanSupplier goesOn = timer(arguments[2]);
      long reads = 0;
      long last = 0;
      try (StateStore store = StoreLocation.open(arguments[0])) {
        while (goesOn.getAsBoolean()) {
          var page =
              store.executions(ExecutionQuery.builder().order(Order.NEWEST).limit(20).build());
          check(page.total() >= last, "the total went from " + last + " to " + page.total());
          last = page.total();
          for (Execution listed : page.items()) {
            ExecutionDetails details = Objects.requireNonNull(store.executionDetails(listed.id()));
            List<String> violations = Invariants.violations(store, details);
            check(violations.isEmpty(), violations + " in " + details);
            checkWhole(details);
            reads++;
          }
        }
      }
      System.out.println(reads + " executions read, " + last + " in the last list");
    }

    /** An execution of a writer has everything of its first change set, or of both. */
    private static void checkWhole(ExecutionDetails details) {
      if (details.taskRuns().size() == TASKS) {
        boolean ended = details.execution().state() == ExecutionState.SUCCEEDED;
        TaskRunState expected = ended ? TaskRunState.SUCCEEDED : TaskRunState.RUNNING;
        check(
            details.taskRuns().stream().allMatch(run -> run.taskRun().state() == expected)
                && details.history().size() == 2 + 3 * TASKS + (ended ? 2 * TASKS + 1 : 0),
            "torn: " + details);
      } else {
        check(details.taskRuns().size() <= 1, "torn: " + details);
      }
    }

    private static void check(boolean holds, String otherwise) {
      if (!holds) {
        throw new IllegalStateException(otherwise);
      }
    }
  }

  private static BooleanSupplier timer(String seconds) {
    long start = System.nanoTime();
    long length = TimeUnit.SECONDS.toNanos(Long.parseLong(seconds));
    return () -> System.nanoTime() - start < length;
  }
}
