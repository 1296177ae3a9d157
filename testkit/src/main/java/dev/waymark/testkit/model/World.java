package dev.waymark.testkit.model;

import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.Page;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.SignalChange;
import dev.waymark.core.store.StateStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The data from which operations may be generated: the ids that were used so far, the committed
 * change sets, and the content of the reference store. The answers of a store under test are never
 * used.
 */
final class World {
  /** In byte order. A pattern, a collation or case folding confuses them. */
  static final List<WorkflowId> WORKFLOWS =
      Stream.of(
              "0", "ALPHA", "Alpha", "a", "a".repeat(128), "a-1", "a.1", "aX1", "a_1", "alpha", "z")
          .map(WorkflowId::new)
          .toList();

  /** The workflows that may be saved: all except the last. */
  static final List<WorkflowId> SAVED_WORKFLOWS = WORKFLOWS.subList(0, WORKFLOWS.size() - 1);

  private static final List<UUID> EDGES =
      List.of(
          new UUID(0, 0),
          new UUID(0, 1),
          new UUID(0, Long.MIN_VALUE),
          new UUID(Long.MAX_VALUE, -1),
          new UUID(Long.MIN_VALUE, 0),
          new UUID(-1, Long.MAX_VALUE),
          new UUID(-1, -1));
  private static final int LIVE_EXECUTIONS = 8;

  private final StateStore reference;
  private final Dice dice;
  private final Set<ExecutionId> executions = new LinkedHashSet<>();
  private final Set<TaskRunId> taskRuns = new LinkedHashSet<>();
  private final List<ChangeSet> past = new ArrayList<>();
  private final Map<CommitId, ChangeSet> accepted = new HashMap<>();
  private final Map<CommitId, Object> results = new HashMap<>();
  private final List<Cursor> cursors = new ArrayList<>();
  private final Waiting waiting;

  World(StateStore reference, Dice dice) {
    this.reference = reference;
    this.dice = dice;
    this.waiting = new Waiting(reference);
  }

  StateStore reference() {
    return reference;
  }

  /** Records the answer of the reference store. */
  void learn(Operation operation, Answer answer) {
    if (operation instanceof Operation.Commit commit) {
      learn(commit.changes(), answer);
    } else if (operation instanceof Operation.Group group) {
      List<Answer> answers = answer.parts();
      for (int i = 0; i < answers.size(); i++) {
        learn(group.sets().get(i), answers.get(i));
      }
    } else if (operation instanceof Operation.LoseLease lost) {
      List<Answer> answers = answer.parts();
      learn(lost.take(), answers.get(0));
      if (answers.size() > 1) {
        learn(lost.lose(), answers.get(1));
      }
    } else if (operation instanceof Operation.Claim) {
      waiting.claimed();
    } else if (answer.value() instanceof Page<?> page && page.next() != null) {
      cursors.add(page.next());
    }
  }

  private void learn(ChangeSet changes, Answer answer) {
    if (answer.value() instanceof CommitResult result) {
      past.add(changes);
      if (accepted.putIfAbsent(result.id(), changes) == null) {
        results.put(result.id(), result);
        waiting.committed(changes, result);
      }
    } else if (changes.changes().stream().noneMatch(World::hasPriority)) {
      past.add(changes);
    }
  }

  /** A set with such a change is not retried: another task run may now have its priority. */
  private static boolean hasPriority(Change change) {
    return change instanceof Change.ReadyTaskRun
        || change instanceof SignalChange.Await
        || change instanceof SignalChange.AwaitChild;
  }

  /** What is known about waiting work. */
  Waiting waiting() {
    return waiting;
  }

  /** The change set that was committed with an id, or null. */
  @Nullable ChangeSet accepted(CommitId id) {
    return accepted.get(id);
  }

  /** The result of that commit, or null. */
  @Nullable Object result(CommitId id) {
    return results.get(id);
  }

  /** The change sets so far, accepted or not, that may be retried. */
  List<ChangeSet> past() {
    return past;
  }

  /** The positions at which the pages so far ended. */
  List<Cursor> cursors() {
    return cursors;
  }

  // ---- ids

  /** Every execution id that was used so far, whether it exists or not. */
  List<ExecutionId> executions() {
    return List.copyOf(executions);
  }

  /** Every task run id that was used so far, whether it exists or not. */
  List<TaskRunId> taskRuns() {
    return List.copyOf(taskRuns);
  }

  /** An id for an execution that most likely does not exist yet. */
  ExecutionId newExecution() {
    ExecutionId id = new ExecutionId(uuid(executions.stream().map(ExecutionId::value).toList()));
    executions.add(id);
    return id;
  }

  /** The same, for an execution that continues another one. */
  ExecutionId newExecution(ExecutionId continued) {
    ExecutionId id = newExecution();
    return id.equals(continued) ? newExecution(continued) : id;
  }

  /** An id for a task run that most likely does not exist yet. */
  TaskRunId newTaskRun() {
    TaskRunId id = new TaskRunId(uuid(taskRuns.stream().map(TaskRunId::value).toList()));
    taskRuns.add(id);
    return id;
  }

  CommitId newCommit() {
    return new CommitId(new UUID(dice.bits(), dice.bits()));
  }

  /** Any id, an id at an edge of the range, or an id with the prefix of a known one. */
  private UUID uuid(List<UUID> known) {
    int kind = dice.below(12);
    if (kind == 0) {
      return dice.pick(EDGES);
    }
    if (kind < 4 && !known.isEmpty()) {
      UUID near = dice.pick(known);
      long bit = 1L << dice.below(64);
      return dice.oneIn(2)
          ? new UUID(near.getMostSignificantBits(), near.getLeastSignificantBits() ^ bit)
          : new UUID(near.getMostSignificantBits() ^ bit, near.getLeastSignificantBits());
    }
    return new UUID(dice.bits(), dice.bits());
  }

  // ---- picking existing records

  /** Whether more executions are needed that have not ended. */
  boolean wantsExecution() {
    return executions.stream().filter(this::isLive).count() < LIVE_EXECUTIONS;
  }

  /** The executions that have children. */
  List<ExecutionId> parents() {
    return executions.stream()
        .map(reference::execution)
        .filter(found -> found != null && found.parent() != null)
        .map(found -> Objects.requireNonNull(found.parent()).executionId())
        .distinct()
        .toList();
  }

  /** The children of an execution, in the order in which their ids were first used. */
  List<ExecutionId> children(ExecutionId parent) {
    return executions.stream()
        .filter(
            id -> {
              Execution found = reference.execution(id);
              return found != null
                  && found.parent() != null
                  && found.parent().executionId().equals(parent);
            })
        .toList();
  }

  /** A workflow; in most cases one that is saved. */
  WorkflowId workflow() {
    return pick(WORKFLOWS, id -> reference.workflow(id) != null, id -> true);
  }

  /** An execution; in most cases one that exists and has not ended. */
  ExecutionId execution() {
    return executions.isEmpty()
        ? newExecution()
        : pick(executions(), id -> reference.execution(id) != null, this::isLive);
  }

  /** An execution that has ended, or any execution when there is none. */
  ExecutionId endedExecution() {
    List<ExecutionId> ended =
        executions.stream().filter(id -> reference.execution(id) != null && !isLive(id)).toList();
    return ended.isEmpty() ? execution() : dice.pick(ended);
  }

  /** A task run; in most cases one that exists and has not ended. */
  TaskRunId taskRun() {
    return taskRuns.isEmpty()
        ? newTaskRun()
        : pick(taskRuns(), id -> reference.taskRun(id) != null, this::isLive);
  }

  private <T> T pick(List<T> named, Predicate<T> exists, Predicate<T> isLive) {
    List<T> existing = named.stream().filter(exists).toList();
    if (existing.isEmpty() || dice.oneIn(16)) {
      return dice.pick(named);
    }
    List<T> live = existing.stream().filter(isLive).toList();
    return dice.pick(live.isEmpty() || dice.oneIn(8) ? existing : live);
  }

  private boolean isLive(ExecutionId id) {
    Execution execution = reference.execution(id);
    return execution != null && !execution.state().isTerminal();
  }

  private boolean isLive(TaskRunId id) {
    TaskRun run = reference.taskRun(id);
    return run != null && !run.state().isTerminal();
  }
}
