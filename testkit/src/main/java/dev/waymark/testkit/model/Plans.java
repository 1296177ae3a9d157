package dev.waymark.testkit.model;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.SignalChange;
import dev.waymark.core.store.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Generates sequences of operations, like those of programs that share a store: groups of change
 * sets with refused neighbours, settles that were decided before other writes, lost leases,
 * executions that are paused and resumed or admitted, workers that start and stop. Each operation
 * is generated just before it runs, so that it is based on the content of the store at that time.
 */
final class Plans {
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofHours(2);

  private final World world;
  private final Dice dice;
  private final ChangeSets changeSets;

  Plans(World world, Dice dice, ChangeSets changeSets) {
    this.world = world;
    this.dice = dice;
    this.changeSets = changeSets;
  }

  /** The state of an execution when a caller decided that nothing more follows. */
  private record Seen(ExecutionId id, Standing standing) {
    ChangeSet.Builder settle(ChangeSet.Builder changes) {
      return changes.settleExecution(id, standing);
    }
  }

  /** The operations of a plan, in order. */
  List<Supplier<Operation>> next() {
    ExecutionId id = world.execution();
    return switch (dice.below(14)) {
      case 0 -> List.of(this::randomGroup);
      case 1 -> admission(id);
      case 2 -> pauseAndResume(id);
      case 3 -> List.of(this::workers);
      case 6, 7 -> signals(id);
      case 8 -> lateSignals();
      case 9, 10, 11 -> children(id);
      case 12 -> deletion(id);
      case 4 -> settledBefore(id, () -> endAmongRefused(id));
      default -> settledBefore(id, () -> loseLease(id));
    };
  }

  private ChangeSet.Builder changes() {
    return ChangeSet.builder(world.newCommit());
  }

  private static Operation commit(ChangeSet.Builder changes) {
    return new Operation.Commit(changes.build(), false);
  }

  // ---- groups

  private Operation randomGroup() {
    List<ChangeSet> sets = new ArrayList<>();
    for (int i = 2 + dice.below(3); i > 0; i--) {
      if (changeSets.next() instanceof Operation.Commit commit) {
        sets.add(commit.changes());
      }
    }
    sets.add(seen(world.execution()).settle(changes()).build());
    return new Operation.Group(sets);
  }

  /** A change set that every store refuses. */
  private ChangeSet refused() {
    return changes().updateTaskRun(world.newTaskRun(), TaskRunState.RUNNING).build();
  }

  // ---- settles

  private Seen seen(ExecutionId id) {
    ExecutionProgress progress = world.reference().executionProgress(id);
    return new Seen(
        id, progress == null ? new Standing(1, ExecutionState.PENDING, 0, 0) : progress.standing());
  }

  /** Settles an execution, runs another operation, and then repeats the same settle. */
  private List<Supplier<Operation>> settledBefore(ExecutionId id, Supplier<Operation> between) {
    Seen before = seen(id);
    return List.of(
        () -> commit(before.settle(changes())), between, () -> commit(before.settle(changes())));
  }

  private @Nullable TaskRun unfinished(ExecutionId id) {
    List<TaskRun> runs =
        world.reference().taskRuns(id).stream().filter(run -> !run.state().isTerminal()).toList();
    return runs.isEmpty() ? null : dice.pick(runs);
  }

  /** Ends a task run in a group with change sets that are refused. */
  private Operation endAmongRefused(ExecutionId id) {
    TaskRun run = unfinished(id);
    if (run == null) {
      return new Operation.Group(List.of(refused(), seen(id).settle(changes()).build()));
    }
    ChangeSet.Builder end = changes();
    if (run.state() == TaskRunState.RUNNING) {
      if (run.lastAttempt() > 0) {
        AttemptId attempt = new AttemptId(run.id(), run.lastAttempt());
        end.updateAttempt(attempt, AttemptState.FAILED, 1);
      }
      end.updateTaskRun(run.id(), TaskRunState.FAILED);
    } else {
      end.updateTaskRun(run.id(), TaskRunState.CANCELLED);
    }
    if (dice.oneIn(2)) {
      end.markDue(id, DueReason.SETTLE, Duration.ZERO);
    }
    return new Operation.Group(List.of(refused(), end.build(), refused()));
  }

  /** A worker claims a task run, and its lease expires without a heartbeat. */
  private Operation loseLease(ExecutionId id) {
    TaskRun run = unfinished(id);
    if (run == null) {
      return commit(seen(id).settle(changes()));
    }
    AttemptId attempt = new AttemptId(run.id(), run.lastAttempt() + 1);
    ChangeSet.Builder take = changes();
    if (run.state() != TaskRunState.RUNNING) {
      take.updateTaskRun(run.id(), TaskRunState.RUNNING);
    }
    take.add(new Change.RecordAttempt(run.id(), "worker-" + dice.below(3), SHORTEST));
    ChangeSet.Builder lose = changes().loseAttempt(attempt);
    lose.updateTaskRun(
        run.id(), dice.pickOf(TaskRunState.FAILED, TaskRunState.RETRYING, TaskRunState.WAITING));
    if (dice.oneIn(3)) {
      seen(id).settle(lose);
    } else {
      lose.markDue(id, DueReason.SETTLE, Duration.ZERO);
    }
    return new Operation.LoseLease(id, attempt, take.build(), lose.build());
  }

  // ---- signals

  /** Signals and waits of one execution, in change sets of their own, in one, or in a group. */
  private List<Supplier<Operation>> signals(ExecutionId id) {
    List<Supplier<Operation>> steps = new ArrayList<>();
    for (int i = 2 + dice.below(3); i > 0; i--) {
      steps.add(
          () -> {
            if (dice.oneIn(3)) {
              return commit(signalOrWait(signalOrWait(changes(), id), id));
            }
            ChangeSet.Builder one = signalOrWait(changes(), id);
            if (dice.oneIn(2)) {
              return commit(one);
            }
            // Decided before it is known what the other does.
            ChangeSet.Builder other = signalOrWait(changes(), id);
            return new Operation.Group(
                dice.oneIn(3)
                    ? List.of(one.build(), refused(), other.build())
                    : List.of(one.build(), other.build()));
          });
    }
    return steps;
  }

  /** Signals to an execution that has ended, if there is one. */
  private List<Supplier<Operation>> lateSignals() {
    List<ExecutionId> ended =
        world.executions().stream()
            .filter(
                id -> {
                  Execution found = world.reference().execution(id);
                  return found != null && found.state().isTerminal();
                })
            .toList();
    if (ended.isEmpty()) {
      return signals(world.execution());
    }
    ExecutionId id = dice.pick(ended);
    Supplier<Operation> late =
        () -> commit(changes().signal(id, "go", null, dice.oneIn(2) ? "k1" : null));
    return Collections.nCopies(5, late);
  }

  private ChangeSet.Builder signalOrWait(ChangeSet.Builder changes, ExecutionId id) {
    String name = dice.pickOf("go", "approved");
    TaskRun run = unfinished(id);
    if (run == null || dice.oneIn(2)) {
      if (dice.oneIn(12)) {
        changes.updateExecution(id, ExecutionState.CANCELLING);
      } else if (dice.oneIn(12)) {
        return end(changes, id);
      }
      return changes.signal(
          id,
          name,
          dice.oneIn(2) ? null : Payload.json("[" + dice.below(2) + "]"),
          dice.oneIn(3) ? dice.pickOf("k1", "k2") : null);
    }
    mayWait(changes, run);
    String pool = ClaimRequest.DEFAULT_POOL;
    int priority = world.waiting().priority();
    return changes.add(new SignalChange.Await(run.id(), null, name, pool, priority, timeout()));
  }

  /** Brings a task run into a state from which it may begin to wait. */
  private void mayWait(ChangeSet.Builder changes, TaskRun run) {
    AttemptId newest = new AttemptId(run.id(), Math.max(1, run.lastAttempt()));
    if (run.state() == TaskRunState.RUNNING && isLive(newest)) {
      changes.updateAttempt(newest, AttemptState.SUCCEEDED);
    } else if (run.state() == TaskRunState.WAITING) {
      changes.updateTaskRun(run.id(), TaskRunState.PENDING);
    }
  }

  private @Nullable Duration timeout() {
    return dice.oneIn(2) ? null : dice.pickOf(Duration.ZERO, Duration.ofDays(30));
  }

  // ---- children

  /**
   * Children of one execution begin, are waited for and end, and their parent may be cancelled: in
   * change sets of their own, in one, or in a group.
   */
  private List<Supplier<Operation>> children(ExecutionId parent) {
    List<Supplier<Operation>> steps = new ArrayList<>();
    for (int i = 3 + dice.below(3); i > 0; i--) {
      steps.add(
          () -> {
            ChangeSet.Builder one = childStep(changes(), parent);
            if (dice.oneIn(4)) {
              return commit(childStep(one, parent));
            }
            if (dice.oneIn(2)) {
              return commit(one);
            }
            ChangeSet.Builder other = childStep(changes(), parent);
            return new Operation.Group(
                dice.oneIn(3)
                    ? List.of(one.build(), refused(), other.build())
                    : List.of(one.build(), other.build()));
          });
    }
    return steps;
  }

  private ChangeSet.Builder childStep(ChangeSet.Builder changes, ExecutionId parent) {
    TaskRun run = unfinished(parent);
    List<ExecutionId> children = world.children(parent);
    if (dice.oneIn(20)) {
      return changes.updateExecution(parent, ExecutionState.CANCELLING);
    }
    if (run != null && (children.isEmpty() || dice.oneIn(4))) {
      ChildPolicy policy = dice.pickOf(ChildPolicy.values());
      return changes.createExecution(
          new NewExecution(world.newExecution(), world.workflow()).childOf(run.id(), policy));
    }
    if (children.isEmpty()) {
      return changes.updateExecution(parent, ExecutionState.RUNNING);
    }
    ExecutionId child = dice.pick(children);
    if (run != null && dice.oneIn(2)) {
      mayWait(changes, run);
      String pool = ClaimRequest.DEFAULT_POOL;
      int priority = world.waiting().priority();
      return changes.add(
          new SignalChange.AwaitChild(run.id(), null, child, pool, priority, timeout()));
    }
    return end(changes, child);
  }

  /** Ends or continues an execution, with its task runs where they have no live attempts. */
  private ChangeSet.Builder end(ChangeSet.Builder changes, ExecutionId id) {
    for (TaskRun each : world.reference().taskRuns(id)) {
      if (!each.state().isTerminal()) {
        changes.updateTaskRun(each.id(), TaskRunState.CANCELLED);
      }
    }
    Execution now = world.reference().execution(id);
    if (now != null && now.state() == ExecutionState.PENDING) {
      changes.updateExecution(id, ExecutionState.RUNNING);
    }
    if (dice.oneIn(3)) {
      return changes.continueExecution(
          id, new NewExecution(world.newExecution(id), world.workflow()));
    }
    return changes.updateExecution(
        id, dice.pickOf(ExecutionState.SUCCEEDED, ExecutionState.FAILED, ExecutionState.CANCELLED));
  }

  // ---- deletions

  /** Ends an execution, deletes it beside other change sets of it, and creates it again. */
  private List<Supplier<Operation>> deletion(ExecutionId id) {
    return List.of(
        () -> commit(end(changes(), id)),
        () -> {
          ChangeSet.Builder deletion = changes();
          if (dice.oneIn(3)) {
            deletion.setLabels(id, Map.of("at", "the end"));
          }
          ChangeSet delete = deletion.deleteExecution(id).build();
          ChangeSet label = changes().setLabels(id, Map.of("team", "data")).build();
          ChangeSet again = startedAgain(id).build();
          return new Operation.Group(
              dice.pickOf(
                  List.of(delete, label, again),
                  List.of(label, delete, delete),
                  List.of(refused(), delete, again)));
        },
        () -> commit(startedAgain(id)));
  }

  private ChangeSet.Builder startedAgain(ExecutionId id) {
    return changes()
        .createExecution(new NewExecution(id, world.workflow()))
        .createTaskRun(new NewTaskRun(world.newTaskRun(), id, new TaskId("a")));
  }

  private boolean isLive(AttemptId id) {
    Attempt attempt = world.reference().attempt(id);
    return attempt != null && !attempt.state().isTerminal();
  }

  // ---- executions

  /** Settles an execution with the state that it had while it was paused. */
  private List<Supplier<Operation>> pauseAndResume(ExecutionId id) {
    List<Seen> paused = new ArrayList<>();
    return List.of(
        () -> commit(changes().updateExecution(id, ExecutionState.PAUSED)),
        () -> {
          paused.add(seen(id));
          ChangeSet.Builder resume = changes().updateExecution(id, ExecutionState.RUNNING);
          return commit(resume.markDue(id, DueReason.SETTLE, Duration.ZERO));
        },
        () -> commit(paused.get(0).settle(changes())));
  }

  /**
   * Moves one execution and admits another one of its workflow, in one change set or in several.
   */
  private List<Supplier<Operation>> admission(ExecutionId id) {
    return List.of(
        () -> {
          ExecutionId other = world.execution();
          Execution moved = world.reference().execution(other);
          Execution admitted = world.reference().execution(id);
          WorkflowId workflow =
              admitted == null || dice.oneIn(8) ? world.workflow() : admitted.workflowId();
          List<ExecutionState> moves =
              moved == null ? List.of() : moved.state().moves().stream().sorted().toList();
          ExecutionState to = moves.isEmpty() ? ExecutionState.RUNNING : dice.pick(moves);
          ChangeSet.Builder first = changes().updateExecution(other, to);
          int most = 1 + dice.below(3);
          if (dice.oneIn(2)) {
            return commit(admit(first, id, workflow, most));
          }
          ChangeSet admit = admit(changes(), id, workflow, most).build();
          return new Operation.Group(
              dice.oneIn(2)
                  ? List.of(first.build(), admit)
                  : List.of(first.build(), refused(), admit));
        });
  }

  private ChangeSet.Builder admit(
      ChangeSet.Builder changes, ExecutionId id, WorkflowId workflow, int most) {
    return dice.oneIn(3)
        ? changes.resumeExecution(id, workflow, most)
        : changes.admitExecution(id, workflow, most);
  }

  // ---- workers

  private Operation workers() {
    ChangeSet.Builder changes = changes();
    for (int i = dice.below(3); i >= 0; i--) {
      String name = "worker-" + dice.below(3);
      UUID life = new UUID(0, dice.below(2));
      if (dice.oneIn(3)) {
        changes.retireWorker(name, life);
      } else {
        changes.keepWorker(name, life, LONG, Map.of("host", "a"));
      }
    }
    TaskRunId run = world.taskRun();
    if (dice.oneIn(3)) {
      changes.updateTaskRun(run, TaskRunState.CANCELLED);
    }
    return commit(changes);
  }
}
