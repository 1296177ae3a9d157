package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.Signal;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.SignalChange;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.WaitReason.NotReady;
import dev.waymark.core.store.WaitReason.WaitsForSignal;
import dev.waymark.testkit.contract.base.Parallel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Signals: who gets them, in which order, and how often.
 *
 * @since 0.1.0
 */
public abstract class SignalContract extends SignalTopic {
  /** For backends that run this topic alone. */
  protected SignalContract() {}

  // ---- delivery

  @Test
  @DisplayName("a signal makes the task run that waits for it PENDING and ready, in its pool")
  void wakes() {
    ExecutionId execution = execution();
    TaskRunId run = taskRun(execution);
    store.commit(changes().readyTaskRun(run).build());
    AttemptId first = claim().get(0).attempt().id();
    store.commit(
        changes()
            .updateAttempt(first, AttemptState.SUCCEEDED)
            .add(new SignalChange.Await(run, first.number(), "approved", "people", 7, null))
            .build());
    assertThat(claim()).isEmpty();
    Outcome outcome = store.signal(execution, "approved", YES, "decision-1");
    assertThat(outcome).isEqualTo(new Outcome(RecordRef.of(execution), 1, true));
    assertThat(stored(run).state()).isEqualTo(TaskRunState.PENDING);
    assertThat(store.signals(execution))
        .containsExactly(
            new Signal(execution, 1, "approved", "decision-1", clock.instant(), run, 2));
    assertThat(store.payload(PayloadRef.ofSignal(execution, 1))).isEqualTo(YES);
    assertThat(claim()).isEmpty();
    List<Claimed> claimed =
        store.claim(new ClaimRequest("worker-1", 10, LONG, Set.of("people"))).claimed();
    assertThat(claimed)
        .extracting(each -> each.attempt().id())
        .containsExactly(new AttemptId(run, 2));
  }

  @Test
  @DisplayName("a signal that arrives before the wait is kept, and delivered when it begins")
  void kept() {
    ExecutionId execution = execution();
    assertThat(send(execution, "approved")).isEqualTo(1);
    assertThat(store.signals(execution))
        .containsExactly(new Signal(execution, 1, "approved", null, clock.instant(), null, null));
    TaskRunId run = taskRun(execution);
    await(run, "approved", LONG);
    assertThat(stored(run).state()).isEqualTo(TaskRunState.PENDING);
    assertThat(receiver(execution, 1)).isEqualTo(run);
    assertThat(claim()).extracting(each -> each.taskRun().id()).containsExactly(run);
    assertThat(details(run).history())
        .filteredOn(each -> each.record().equals(RecordRef.of(run)))
        .extracting(each -> each.to().name())
        .containsExactly("PENDING", "WAITING", "PENDING", "RUNNING");
  }

  @Test
  @DisplayName("a task run that waits several times in one change set gets a signal each time")
  void keptForSeveralWaits() {
    ExecutionId execution = execution();
    for (int i = 0; i < 4; i++) {
      send(execution, "go");
    }
    TaskRunId run = taskRun(execution);
    store.commit(
        changes()
            .awaitSignal(run, "go", null)
            .awaitSignal(run, "go", null)
            .awaitSignal(run, "go", null)
            .build());
    assertThat(store.signals(execution))
        .extracting(Signal::taskRunId)
        .containsExactly(run, run, run, null);
    assertThat(stored(run).state()).isEqualTo(TaskRunState.PENDING);
  }

  @Test
  @DisplayName("signals of one name are delivered in their order, each of them once")
  void inOrder() {
    ExecutionId execution = execution();
    List<Integer> numbers =
        IntStream.range(0, 3).mapToObj(i -> send(execution, i == 1 ? "other" : "tick")).toList();
    assertThat(numbers).containsExactly(1, 2, 3);
    TaskRunId first = taskRun(execution);
    TaskRunId second = taskRun(execution);
    TaskRunId third = taskRun(execution);
    await(first, "tick", null);
    await(second, "tick", null);
    await(third, "tick", null);
    assertThat(receiver(execution, 1)).isEqualTo(first);
    assertThat(receiver(execution, 2)).isNull();
    assertThat(receiver(execution, 3)).isEqualTo(second);
    assertThat(stored(third).state()).isEqualTo(TaskRunState.WAITING);
    assertThat(send(execution, "tick")).isEqualTo(4);
    assertThat(receiver(execution, 4)).isEqualTo(third);
  }

  @Test
  @DisplayName("the task run that has waited for the longest time gets the signal")
  void longestFirst() {
    ExecutionId execution = execution();
    TaskRunId late = taskRun(execution);
    TaskRunId early = waiting(execution, "go");
    clock.advance(Duration.ofSeconds(1));
    await(late, "go", null);
    waiting(execution, "stop");
    assertThat(receiver(execution, send(execution, "go"))).isEqualTo(early);
    assertThat(receiver(execution, send(execution, "go"))).isEqualTo(late);
    assertThat(receiver(execution, send(execution, "go"))).isNull();
  }

  @Test
  @DisplayName("a task run gets a signal for each of its waits, also of other names")
  void again() {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    TaskRunId run = waiting(execution, "a");
    for (String next : List.of("b", "a")) {
      send(execution, next.equals("b") ? "a" : "b");
      AttemptId attempt = claim().get(0).attempt().id();
      store.commit(
          changes()
              .updateAttempt(attempt, AttemptState.SUCCEEDED)
              .awaitSignal(attempt, next, null)
              .build());
    }
    send(execution, "a");
    assertThat(store.signals(execution))
        .extracting(Signal::taskRunId, Signal::attempt)
        .containsExactly(Tuple.tuple(run, 1), Tuple.tuple(run, 2), Tuple.tuple(run, 3));
  }

  @Test
  @DisplayName("in one change set a signal and a wait find each other, in either order")
  void together() {
    ExecutionId execution = execution();
    TaskRunId first = taskRun(execution);
    TaskRunId second = taskRun(execution);
    store.commit(
        changes()
            .awaitSignal(first, "go", null)
            .signal(execution, "go", YES, "k1")
            .signal(execution, "go", null, null)
            .awaitSignal(second, "go", LONG)
            .signal(execution, "go", YES, "k1")
            .build());
    assertThat(store.signals(execution))
        .extracting(Signal::taskRunId)
        .containsExactly(first, second);
    assertThat(claim())
        .extracting(each -> each.taskRun().id())
        .containsExactlyInAnyOrder(first, second);
  }

  // ---- time-outs, and waits that end otherwise

  @Test
  @DisplayName("without a signal the next attempt starts after the time-out; a late one is kept")
  void timeout() {
    ExecutionId execution = execution();
    TaskRunId run = taskRun(execution);
    await(run, "approved", SHORT);
    List<Claimed> claimed = claim();
    while (claimed.isEmpty()) {
      claimed = claim();
    }
    assertThat(claimed).extracting(each -> each.taskRun().id()).containsExactly(run);
    assertThat(receiver(execution, send(execution, "approved"))).isNull();
    assertThat(stored(run).state()).isEqualTo(TaskRunState.RUNNING);
  }

  @Test
  @DisplayName("a signal before the time-out starts the next attempt at once, and only once")
  void beforeTimeout() {
    ExecutionId execution = execution();
    TaskRunId run = taskRun(execution);
    await(run, "approved", LONG);
    assertThat(claim()).isEmpty();
    send(execution, "approved");
    assertThat(claim()).hasSize(1);
    assertThat(claim()).isEmpty();
  }

  @Test
  @DisplayName("the time-out of a wait can be moved, and it stays the same wait")
  void movedTimeout() {
    ExecutionId execution = execution();
    TaskRunId run = taskRun(execution);
    await(run, "approved", Duration.ZERO);
    store.commit(changes().readyTaskRun(run, "default", 0, LONG).build());
    assertThat(claim()).isEmpty();
    assertThat(receiver(execution, send(execution, "approved"))).isEqualTo(run);
    assertThat(claim()).hasSize(1);
  }

  @ParameterizedTest(name = "(to {0})")
  @EnumSource(
      value = TaskRunState.class,
      names = {"PENDING", "SUCCEEDED", "FAILED", "CANCELLED", "SKIPPED"})
  @DisplayName("a wait ends when the task run moves otherwise; a later signal is kept")
  void otherMove(TaskRunState to) {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    TaskRunId run = waiting(execution, "go");
    store.updateTaskRun(run, to, 2);
    assertThat(receiver(execution, send(execution, "go"))).isNull();
    assertThat(stored(run).state()).isEqualTo(to);
    assertThat(claim()).isEmpty();
  }

  @Test
  @DisplayName("a wait for another signal replaces the wait of before")
  void replaced() {
    ExecutionId execution = execution();
    TaskRunId run = waiting(execution, "old");
    store.commit(
        changes().updateTaskRun(run, TaskRunState.PENDING).awaitSignal(run, "new", null).build());
    assertThat(receiver(execution, send(execution, "old"))).isNull();
    assertThat(receiver(execution, send(execution, "new"))).isEqualTo(run);
  }

  @Test
  @DisplayName("cancelling ends the waits; a wait that begins afterwards gets its signal")
  void cancelling() {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    TaskRunId run = waiting(execution, "go");
    store.commit(changes().updateExecution(execution, ExecutionState.CANCELLING).build());
    assertThat(receiver(execution, send(execution, "go"))).isNull();
    assertThat(stored(run).state()).isEqualTo(TaskRunState.WAITING);
    assertThat(claim()).isEmpty();
    TaskRunId cleanup = taskRun(execution);
    await(cleanup, "go", null);
    assertThat(receiver(execution, 1)).isEqualTo(cleanup);
    assertThat(claim()).extracting(each -> each.taskRun().id()).containsExactly(cleanup);
  }

  @Test
  @DisplayName("the move to CANCELLING ends a wait that begins in the same change set before it")
  void cancellingTogether() {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    TaskRunId run = taskRun(execution);
    TaskRunId after = taskRun(execution);
    store.commit(
        changes()
            .awaitSignal(run, "go", LONG)
            .updateExecution(execution, ExecutionState.CANCELLING)
            .awaitSignal(after, "go", LONG)
            .build());
    assertThat(receiver(execution, send(execution, "go"))).isEqualTo(after);
    assertThat(receiver(execution, send(execution, "go"))).isNull();
  }

  @Test
  @DisplayName("an attempt that is not the newest cannot let its task run wait")
  void fenced() {
    AttemptId attempt = attempt();
    store.updateAttempt(attempt, AttemptState.FAILED);
    store.recordAttempt(attempt.taskRunId(), "worker-2");
    refusedFor(
        RecordRef.of(attempt.taskRunId()),
        Reason.LEASE_LOST,
        () -> store.commit(changes().awaitSignal(attempt, "go", null).build()));
    AttemptId live = new AttemptId(attempt.taskRunId(), 2);
    refusedFor(
        RecordRef.of(attempt.taskRunId()),
        Reason.OUT_OF_STEP,
        () -> store.commit(changes().awaitSignal(live, "go", null).build()));
  }

  @Test
  @DisplayName("a task run that waits says for what; its execution is not stalled")
  void saysWhy() {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    store.commit(changes().clearDue(execution, DueReason.SETTLE).build());
    TaskRunId run = waiting(execution, "approved");
    assertThat(store.stalled(null, 10)).isEmpty();
    assertThat(reasons(run)).containsExactly(new WaitsForSignal("approved", null));
    assertThat(reasons(run).get(0).message()).contains("approved");
    store.commit(changes().readyTaskRun(run, "default", 0, LONG).build());
    assertThat(reasons(run))
        .singleElement()
        .isInstanceOfSatisfying(
            WaitsForSignal.class,
            waits -> assertThat(waits.until()).isAfter(Instant.now().plus(LONG.dividedBy(2))));
    store.updateTaskRun(run, TaskRunState.PENDING, 2);
    assertThat(reasons(run)).containsExactly(new NotReady());
  }

  // ---- together with others

  @Test
  @DisplayName("many senders and many waits at once: every signal is delivered exactly once")
  void concurrent() {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    List<TaskRunId> runs = IntStream.range(0, 20).mapToObj(i -> taskRun(execution)).toList();
    Parallel.run(
        8,
        thread -> {
          for (int i = 0; i < 5; i++) {
            if (thread % 2 == 0) {
              store.commit(
                  ChangeSet.builder()
                      .awaitSignal(runs.get(thread / 2 * 5 + i), "go", LONG)
                      .build());
            } else {
              store.signal(execution, "go", YES, thread + "-" + i);
            }
          }
          return thread;
        });
    List<Signal> signals = store.signals(execution);
    assertThat(signals)
        .extracting(Signal::number)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 20).boxed().toList());
    assertThat(signals).extracting(Signal::taskRunId).containsExactlyInAnyOrderElementsOf(runs);
    List<TaskRunId> claimed = new ArrayList<>();
    for (List<Claimed> some = claim(); !some.isEmpty(); some = claim()) {
      some.forEach(each -> claimed.add(each.taskRun().id()));
    }
    assertThat(claimed).containsExactlyInAnyOrderElementsOf(runs);
  }

  @Test
  @DisplayName("another store sees signals and waits at once")
  void anotherStore() {
    ExecutionId execution = execution();
    TaskRunId run = taskRun(execution);
    StateStore other = openAnother();
    await(run, "go", null);
    other.signal(execution, "go", YES, "k");
    assertThat(stored(run).state()).isEqualTo(TaskRunState.PENDING);
    assertThat(store.signal(execution, "go", YES, "k").changed()).isFalse();
    assertThat(other.signals(execution)).isEqualTo(store.signals(execution));
  }
}
