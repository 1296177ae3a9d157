package dev.waymark.testkit.contract;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Change sets without end, the same for the same seed. Most of them make sense, because they are
 * made by looking into a store; some ask for a record that does not exist, a move that is not
 * allowed, a version or a fence that is stale, or repeat an earlier change set.
 */
final class RandomChanges {
  private static final List<WorkflowId> WORKFLOWS =
      List.of(new WorkflowId("alpha"), new WorkflowId("Beta"), new WorkflowId("never_first"));
  private static final List<String> TEXTS =
      List.of("", "x", "caf\u00E9", "\uD83D\uDE80\r\n", "more than twenty bytes");
  private static final List<String> SHORT_TEXTS = TEXTS.subList(0, 4);
  private static final int MAX_EXECUTIONS = 25;

  private final StateStore store;
  private final Random random;
  private final List<ExecutionId> executions = new ArrayList<>();
  private final List<TaskRunId> taskRuns = new ArrayList<>();
  private final List<ChangeSet> past = new ArrayList<>();

  /** Looks into {@code store} to find out what makes sense. */
  RandomChanges(StateStore store, Random random) {
    this.store = store;
    this.random = random;
  }

  /** Every workflow that a change set may name. */
  List<WorkflowId> workflows() {
    return WORKFLOWS;
  }

  /** Every execution that a change set has named so far. */
  List<ExecutionId> executions() {
    return executions;
  }

  /** The next change set. */
  ChangeSet next() {
    if (!past.isEmpty() && random.nextInt(20) == 0) {
      return pick(past);
    }
    ChangeSet.Builder changes = ChangeSet.builder(new CommitId(uuid()));
    int count = random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      add(changes);
    }
    past.add(changes.build());
    return past.get(past.size() - 1);
  }

  private void add(ChangeSet.Builder changes) {
    int kind = random.nextInt(20);
    if (kind == 0) {
      saveWorkflow(changes);
    } else if (kind < 3 || live(executions, store::execution).isEmpty()) {
      createExecution(changes);
    } else if (kind < 6) {
      updateExecution(changes);
    } else if (kind < 9 || live(taskRuns, store::taskRun).isEmpty()) {
      createTaskRun(changes);
    } else if (kind < 13) {
      updateTaskRun(changes);
    } else if (kind < 15) {
      changes.recordAttempt(pickOf(taskRuns, store::taskRun), "worker-" + random.nextInt(3));
    } else {
      updateAttempt(changes);
    }
  }

  private void saveWorkflow(ChangeSet.Builder changes) {
    String description = random.nextBoolean() ? null : pick(TEXTS);
    changes.saveWorkflow(
        new NewWorkflow(
            pick(WORKFLOWS.subList(0, 2)), pick(TEXTS), description, Map.of("a", pick(TEXTS))));
  }

  private void createExecution(ChangeSet.Builder changes) {
    boolean another = executions.size() < MAX_EXECUTIONS && random.nextInt(10) > 0;
    ExecutionId id = another || executions.isEmpty() ? new ExecutionId(uuid()) : pick(executions);
    Integer revision = random.nextInt(4) > 0 ? null : Integer.valueOf(1 + random.nextInt(3));
    changes.createExecution(
        new NewExecution(
            id, pick(WORKFLOWS), revision, Map.of("a", pick(TEXTS)), Map.of("b", pick(TEXTS))));
    executions.add(id);
  }

  private void updateExecution(ChangeSet.Builder changes) {
    ExecutionId id = pickOf(executions, store::execution);
    Execution now = store.execution(id);
    Collection<ExecutionState> sensible = now == null ? List.of() : now.state().moves();
    changes.updateExecution(
        id,
        move(sensible, ExecutionState.values()),
        version(now == null ? 1 : now.version()),
        error());
  }

  private void createTaskRun(ChangeSet.Builder changes) {
    boolean another = taskRuns.isEmpty() || random.nextInt(10) > 0;
    TaskRunId id = another ? new TaskRunId(uuid()) : pick(taskRuns);
    changes.createTaskRun(
        new NewTaskRun(
            id, pickOf(executions, store::execution), new TaskId("task-" + random.nextInt(8))));
    taskRuns.add(id);
  }

  private void updateTaskRun(ChangeSet.Builder changes) {
    TaskRunId id = pickOf(taskRuns, store::taskRun);
    TaskRun now = store.taskRun(id);
    Collection<TaskRunState> sensible = now == null ? List.of() : now.state().moves();
    int last = now == null ? 0 : now.lastAttempt();
    Integer fence = random.nextInt(3) > 0 ? null : Integer.valueOf(last - random.nextInt(8) / 7);
    changes.updateTaskRun(
        id, move(sensible, TaskRunState.values()), version(now == null ? 1 : now.version()), fence);
  }

  private void updateAttempt(ChangeSet.Builder changes) {
    TaskRunId id = pickOf(taskRuns, store::taskRun);
    TaskRun now = store.taskRun(id);
    int number = Math.max(1, (now == null ? 0 : now.lastAttempt()) - random.nextInt(8) / 7);
    Integer exitCode = random.nextBoolean() ? null : Integer.valueOf(random.nextInt(256));
    changes.updateAttempt(
        new AttemptId(id, number),
        move(AttemptState.RUNNING.moves(), AttemptState.values()),
        exitCode,
        error());
  }

  /** Mostly one of the moves that make sense, in an order that does not depend on the machine. */
  private <S extends Enum<S>> S move(Collection<S> sensible, S[] all) {
    boolean any = sensible.isEmpty() || random.nextInt(10) == 0;
    return pick(any ? List.of(all) : List.copyOf(new TreeSet<>(sensible)));
  }

  private @Nullable Long version(long now) {
    return random.nextBoolean() ? null : Long.valueOf(now + random.nextInt(12) / 11);
  }

  private @Nullable String error() {
    return random.nextInt(3) > 0 ? null : pick(random.nextInt(10) == 0 ? TEXTS : SHORT_TEXTS);
  }

  /** Mostly a record that exists, now and then one that may not. */
  private <I> I pickOf(List<I> named, Function<I, ? extends @Nullable Object> lookUp) {
    List<I> live = live(named, lookUp);
    return pick(live.isEmpty() || random.nextInt(15) == 0 ? named : live);
  }

  private static <I> List<I> live(List<I> named, Function<I, ? extends @Nullable Object> lookUp) {
    return named.stream().filter(id -> lookUp.apply(id) != null).toList();
  }

  private UUID uuid() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
