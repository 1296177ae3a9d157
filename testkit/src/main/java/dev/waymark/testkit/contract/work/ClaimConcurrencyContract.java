package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.conflict.IllegalTransitionException;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Transition;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.ExecutionProgress.Item;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.Standing;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Invariants;
import dev.waymark.testkit.contract.base.Parallel;
import dev.waymark.testkit.contract.base.SeveralStoresTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many concurrent workers, with several stores on the same data: nothing is claimed twice, nothing
 * is lost, and no worker waits forever. A backend that does not support several stores on its data
 * skips the tests.
 *
 * @since 0.1.0
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class ClaimConcurrencyContract extends SeveralStoresTest {
  /** For backends that run this topic alone. */
  protected ClaimConcurrencyContract() {}

  /** An execution with this number of task runs, all of them ready. */
  private ExecutionId readyExecution(int taskRuns) {
    ExecutionId execution = ids.executionId();
    ChangeSet.Builder changes = changes().createExecution(new NewExecution(execution, FLOW));
    for (int i = 0; i < taskRuns; i++) {
      TaskRunId run = ids.taskRunId();
      changes.createTaskRun(new NewTaskRun(run, execution, new TaskId("t" + i))).readyTaskRun(run);
    }
    store.commit(changes.build());
    return execution;
  }

  private ExecutionProgress progress(ExecutionId execution) {
    return exists(store.executionProgress(execution));
  }

  private static ClaimRequest request(int thread, int limit) {
    return ClaimRequest.of("worker-" + thread, limit, LEASE);
  }

  private void assertNothingReady() {
    Claims left = store.claim(request(0, 100));
    assertThat(left.claimed()).isEmpty();
    assertThat(left.expired()).isEmpty();
  }

  // ---- disjoint claims

  /** The claims and the task runs in progress, as the workers record them. */
  private static final class GroupLedger {
    final Set<AttemptId> claimed = ConcurrentHashMap.newKeySet();
    final Set<TaskRunId> inHand = ConcurrentHashMap.newKeySet();
    final AtomicInteger left;

    GroupLedger(int taskRuns) {
      left = new AtomicInteger(taskRuns);
    }
  }

  @Test
  @DisplayName(
      "eight workers share 400 task runs: each is claimed by one at a time, and none remains")
  void shared() {
    int each = 80;
    List<ExecutionId> executions = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      executions.add(readyExecution(each));
    }
    GroupLedger ledger = new GroupLedger(executions.size() * each);
    Parallel.run(THREADS, thread -> workUntilNothingIsLeft(thread, ledger));
    int attempts = 0;
    for (ExecutionId execution : executions) {
      for (Item item : progress(execution).taskRuns()) {
        attempts += item.attempts().size();
        assertDone(item);
      }
    }
    assertThat(ledger.claimed).hasSize(attempts);
    assertNothingReady();
    assertThat(Invariants.violations(store)).isEmpty();
  }

  private static void assertDone(Item item) {
    assertThat(item.ready()).isFalse();
    assertThat(item.taskRun().state()).isEqualTo(TaskRunState.SUCCEEDED);
    assertThat(item.attempts())
        .hasSize(tries(item.taskRun()))
        .extracting(Attempt::number)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, item.attempts().size()).boxed().toList());
  }

  /** The number of attempts that a task run needs: from one to three, depending on its task. */
  private static int tries(TaskRun run) {
    return 1 + Integer.parseInt(run.taskId().value().substring(1)) % 3;
  }

  private int workUntilNothingIsLeft(int thread, GroupLedger ledger) {
    Random random = new Random(thread);
    int claimed = 0;
    while (ledger.left.get() > 0) {
      for (Claimed each : storeOf(thread).claim(request(thread, 1 + random.nextInt(7))).claimed()) {
        assertThat(ledger.claimed.add(each.attempt().id())).as("claimed once").isTrue();
        assertThat(ledger.inHand.add(each.taskRun().id())).as("claimed by one at a time").isTrue();
        assertThat(each.attempt().worker()).isEqualTo("worker-" + thread);
        ledger.inHand.remove(each.taskRun().id());
        ledger.left.addAndGet(end(storeOf(thread), each, tries(each.taskRun())) ? -1 : 0);
        claimed++;
      }
    }
    return claimed;
  }

  /**
   * Ends an attempt. The last attempt that the task run needs succeeds; each earlier one is
   * followed by another.
   */
  private boolean end(StateStore own, Claimed claimed, int tries) {
    AttemptId attempt = claimed.attempt().id();
    TaskRunId run = attempt.taskRunId();
    boolean last = attempt.number() >= tries;
    ChangeSet.Builder changes = changes();
    if (last) {
      changes
          .updateAttempt(attempt, AttemptState.SUCCEEDED, 0)
          .updateTaskRun(new AttemptId(run, attempt.number()), TaskRunState.SUCCEEDED);
    } else {
      changes
          .updateAttempt(attempt, AttemptState.FAILED, 1)
          .updateTaskRun(new AttemptId(run, attempt.number()), TaskRunState.RETRYING)
          .readyTaskRun(run);
    }
    own.commit(changes.build());
    return last;
  }

  // ---- concurrent pause, resume and cancel

  @Test
  @DisplayName("executions that are paused, resumed and cancelled meanwhile lose no task run")
  void heldAndCancelled() {
    List<ExecutionId> held = List.of(readyExecution(30), readyExecution(30), readyExecution(30));
    List<ExecutionId> cancelled = List.of(readyExecution(30), readyExecution(30));
    AtomicInteger others = new AtomicInteger(THREADS / 2);
    Parallel.run(
        THREADS,
        thread -> {
          if (thread < THREADS / 2) {
            return workBeside(thread, others, held);
          }
          int moves = thread % 2 == 0 ? holdAndResume(thread, held) : cancel(thread, cancelled);
          others.decrementAndGet();
          return moves;
        });
    held.forEach(id -> assertThat(statesIn(id)).containsOnly(TaskRunState.SUCCEEDED));
    for (ExecutionId id : cancelled) {
      assertThat(statesIn(id)).isSubsetOf(TaskRunState.SUCCEEDED, TaskRunState.CANCELLED);
      store.commit(changes().updateExecution(id, ExecutionState.CANCELLED).build());
    }
    assertNothingReady();
    assertThat(Invariants.violations(store)).isEmpty();
  }

  private Set<TaskRunState> statesIn(ExecutionId id) {
    Set<TaskRunState> states = new HashSet<>();
    progress(id).taskRuns().forEach(item -> states.add(item.taskRun().state()));
    return states;
  }

  /**
   * Works until the other threads have finished and all task runs of the executions that they do
   * not cancel have ended.
   */
  private int workBeside(int thread, AtomicInteger others, List<ExecutionId> held) {
    int ended = 0;
    while (others.get() > 0 || !held.stream().allMatch(id -> statesIn(id).size() == 1)) {
      for (Claimed each : storeOf(thread).claim(request(thread, 3)).claimed()) {
        ended += end(storeOf(thread), each, tries(each.taskRun())) ? 1 : 0;
      }
    }
    return ended;
  }

  /**
   * Pauses and resumes two executions in one change set, so that claims and commits lock several
   * executions each.
   */
  private int holdAndResume(int thread, List<ExecutionId> executions) {
    Random random = new Random(thread);
    int moves = 0;
    for (int i = 0; i < 20; i++) {
      int first = random.nextInt(executions.size());
      List<ExecutionId> two =
          List.of(executions.get(first), executions.get((first + 1) % executions.size()));
      moves += move(thread, two, ExecutionState.PAUSED);
      while (move(thread, two, ExecutionState.RUNNING) == 0) {
        // Another thread has paused some of them. In the end one of the two threads holds all.
        two.forEach(id -> resume(thread, id));
      }
      two.forEach(id -> makeReadyWhatWaits(thread, id));
    }
    executions.forEach(id -> resume(thread, id));
    return moves;
  }

  private int move(int thread, List<ExecutionId> executions, ExecutionState to) {
    ChangeSet.Builder changes = changes();
    executions.forEach(id -> changes.updateExecution(id, to));
    try {
      storeOf(thread).commit(changes.build());
      return 1;
    } catch (IllegalTransitionException anotherWasFaster) {
      return executions.stream().allMatch(id -> stored(id).state() == to) ? 1 : 0;
    }
  }

  private void resume(int thread, ExecutionId id) {
    if (stored(id).state() == ExecutionState.PAUSED) {
      move(thread, List.of(id), ExecutionState.RUNNING);
    }
    makeReadyWhatWaits(thread, id);
  }

  /**
   * Makes task runs ready that became not ready while the execution was paused. It runs after the
   * execution has resumed, because from then on no task run becomes not ready.
   */
  private void makeReadyWhatWaits(int thread, ExecutionId id) {
    for (Item item : progress(id).taskRuns()) {
      if (waits(item) && !item.ready()) {
        try {
          storeOf(thread).commit(changes().readyTaskRun(item.taskRun().id()).build());
        } catch (IllegalTransitionException claimedMeanwhile) {
          // Another thread has already made it ready, and a worker has claimed it.
        }
      }
    }
  }

  private static boolean waits(Item item) {
    TaskRunState state = item.taskRun().state();
    return state == TaskRunState.PENDING || state == TaskRunState.RETRYING;
  }

  private int cancel(int thread, List<ExecutionId> executions) {
    move(thread, executions, ExecutionState.CANCELLING);
    int cancelled = 0;
    for (ExecutionId id : executions) {
      while (!statesIn(id).stream().allMatch(TaskRunState::isTerminal)) {
        for (Item item : progress(id).taskRuns()) {
          cancelled += waits(item) && cancelled(thread, item.taskRun()) ? 1 : 0;
        }
      }
    }
    return cancelled;
  }

  private boolean cancelled(int thread, TaskRun run) {
    try {
      storeOf(thread).updateTaskRun(run.id(), TaskRunState.CANCELLED, run.version());
      return true;
    } catch (ConflictException | IllegalTransitionException anotherWasFaster) {
      return false;
    }
  }

  @Test
  @DisplayName("no task run that was ready before the move to CANCELLING starts, and later ones do")
  void nothingReadyStartsAfterCancelling() {
    for (int round = 0; round < 30; round++) {
      // One task run, for which all claims compete, or more than the claims take together.
      ExecutionId execution = readyExecution(round % 2 == 0 ? 1 : 12);
      ExecutionId only = round % 3 == 0 ? execution : null;
      Parallel.run(
          THREADS / 2,
          thread ->
              thread == 0
                  ? move(thread, List.of(execution), ExecutionState.CANCELLING)
                  : claimTwice(thread, only));
      assertThat(startedSinceCancelling(execution)).isEmpty();
      assertThat(progress(execution).taskRuns()).extracting(Item::ready).containsOnly(false);
      makeReadyWhatWaits(0, execution);
      int waited = (int) progress(execution).taskRuns().stream().filter(Item::ready).count();
      assertThat(store.claim(request(0, 100)).claimed()).hasSize(waited);
      assertThat(startedSinceCancelling(execution)).hasSize(waited);
    }
    assertThat(Invariants.violations(store)).isEmpty();
  }

  private int claimTwice(int thread, @Nullable ExecutionId only) {
    ClaimRequest request = request(thread, 2);
    int claimed = 0;
    for (int i = 0; i < 2; i++) {
      claimed +=
          storeOf(thread).claim(only == null ? request : request.within(only)).claimed().size();
    }
    return claimed;
  }

  private List<Transition> startedSinceCancelling(ExecutionId execution) {
    return details(execution).history().stream()
        .dropWhile(each -> each.to() != ExecutionState.CANCELLING)
        .filter(each -> each.to() == TaskRunState.RUNNING)
        .toList();
  }

  // ---- the last task run

  @Test
  @DisplayName(
      "of two workers that end the last two task runs at the same moment one knows that it was last")
  void theLastKnows() {
    for (int round = 0; round < 30; round++) {
      ExecutionId execution = readyExecution(2);
      List<Claimed> both = store.claim(request(0, 2)).claimed();
      assertThat(both).hasSize(2);
      // In one store, where both commits may be in one group, and in two stores.
      int apart = round % 2;
      List<Boolean> ended =
          Parallel.run(2, thread -> settle(storeOf(thread * apart), both.get(thread)));
      assertThat(ended).as("one of both has ended the execution").containsOnlyOnce(true);
      assertThat(stored(execution).state()).isEqualTo(ExecutionState.SUCCEEDED);
    }
    Claims left = store.claim(request(0, 0));
    assertThat(left.due()).isEmpty();
    assertThat(left.next()).isNull();
  }

  /**
   * Ends an attempt, its task run and, if it was the last, the execution. Returns whether this call
   * ended the execution.
   */
  private boolean settle(StateStore own, Claimed claimed) {
    ExecutionId execution = claimed.execution().id();
    AttemptId attempt = claimed.attempt().id();
    Standing before = exists(own.executionProgress(execution)).standing();
    int unfinished = before.unfinished() - 1;
    int ended = before.ended() + 2;
    long version = claimed.execution().version();
    Standing last = new Standing(version + 1, ExecutionState.SUCCEEDED, 0, 4);
    ChangeSet.Builder changes =
        changes()
            .updateAttempt(attempt, AttemptState.SUCCEEDED, 0)
            .updateTaskRun(attempt, TaskRunState.SUCCEEDED);
    if (unfinished == 0) {
      changes.updateExecution(execution, ExecutionState.SUCCEEDED);
      changes.settleExecution(execution, last);
    } else {
      changes.settleExecution(
          execution, new Standing(version, ExecutionState.RUNNING, unfinished, ended));
    }
    List<Boolean> changed = changed(own, changes);
    boolean more = changed.get(changed.size() - 1);
    if (!more) {
      return unfinished == 0;
    }
    // The settle is stale because the other thread ended its part, so only this thread has seen
    // both.
    assertThat(unfinished(own, execution)).isZero();
    assertThat(
            changed(
                own,
                changes()
                    .updateExecution(execution, ExecutionState.SUCCEEDED)
                    .settleExecution(execution, last)))
        .containsExactly(true, false);
    return true;
  }

  private static List<Boolean> changed(StateStore own, ChangeSet.Builder changes) {
    return own.commit(changes.build()).outcomes().stream()
        .map(outcome -> outcome.changed())
        .toList();
  }

  private static int unfinished(StateStore own, ExecutionId execution) {
    return (int)
        exists(own.executionProgress(execution)).taskRuns().stream()
            .filter(item -> !item.taskRun().state().isTerminal())
            .count();
  }

  @Test
  @DisplayName(
      "an execution that many stores mark as due at the same moment is due once, until it is cleared")
  void dueOnce() {
    ExecutionId execution = readyExecution(1);
    Parallel.run(
        THREADS,
        thread ->
            storeOf(thread)
                .commit(changes().markDue(execution, DueReason.SETTLE, Duration.ZERO).build()));
    assertThat(store.claim(request(0, 0)).due()).hasSize(1);
    Parallel.run(
        THREADS,
        thread -> storeOf(thread).commit(changes().clearDue(execution, DueReason.SETTLE).build()));
    assertThat(store.claim(request(0, 0)).due()).isEmpty();
  }

  @Test
  @DisplayName(
      "a task run that moves to another time during claims is claimed once, or the move is refused")
  void movedWhileClaimed() {
    int each = 30;
    ExecutionId execution = readyExecution(each);
    List<TaskRunId> runs =
        progress(execution).taskRuns().stream().map(item -> item.taskRun().id()).toList();
    Set<AttemptId> claimed = ConcurrentHashMap.newKeySet();
    Parallel.run(
        THREADS,
        thread -> {
          if (thread % 2 == 0) {
            claimAll(thread, execution, each, claimed);
          } else {
            runs.forEach(run -> move(thread, run));
          }
          return thread;
        });
    assertThat(claimed)
        .containsExactlyInAnyOrderElementsOf(
            runs.stream().map(run -> new AttemptId(run, 1)).toList());
    assertNothingReady();
    assertThat(Invariants.violations(store)).isEmpty();
  }

  private void claimAll(int thread, ExecutionId execution, int most, Set<AttemptId> claimed) {
    while (claimed.size() < most) {
      for (Claimed one : storeOf(thread).claim(request(thread, 1).within(execution)).claimed()) {
        assertThat(claimed.add(one.attempt().id())).isTrue();
      }
    }
  }

  /** Delays a task run, then makes it ready now, unless a worker has claimed it meanwhile. */
  private void move(int thread, TaskRunId run) {
    try {
      storeOf(thread).commit(changes().readyTaskRun(run, "default", 1, LEASE).build());
      storeOf(thread).commit(changes().readyTaskRun(run).build());
    } catch (IllegalTransitionException | ConflictException e) {
      assertThat(exists(store.taskRun(run)).lastAttempt()).isEqualTo(1);
    }
  }
}
