package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.conflict.ExecutionEndedException;
import dev.waymark.core.conflict.IllegalTransitionException;
import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.Signal;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.base.Parallel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Executions that are continued as new ones: what ends, what begins, and what the next one takes
 * over.
 *
 * @since 0.1.0
 */
public abstract class ContinueContract extends ChildTopic {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Payload YES = Payload.json("{\"by\": \"Ada\"}");

  /** For backends that run this topic alone. */
  protected ContinueContract() {}

  private NewExecution next() {
    return new NewExecution(
        ids.executionId(), FLOW, null, Map.of("turn", "2"), Payload.json("[1]"));
  }

  private Outcome continueAs(ExecutionId id, NewExecution next) {
    return store.commit(changes().continueExecution(id, next).build()).outcomes().get(0);
  }

  private List<TaskRunId> claim() {
    return store.claim(ClaimRequest.of("worker-1", 10, LONG)).claimed().stream()
        .map(each -> each.taskRun().id())
        .toList();
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      ExecutionId id, NewExecution next) {
    return assertThatThrownBy(() -> continueAs(id, next));
  }

  // ---- the two executions

  @Test
  @DisplayName("one commit ends the one as SUCCEEDED and creates the other, with links both ways")
  void links() {
    ExecutionId id = executionIn(ExecutionState.RUNNING);
    NewExecution next = next();
    long version = stored(id).version();
    Outcome outcome = continueAs(id, next);
    assertThat(outcome).isEqualTo(new Outcome(RecordRef.of(id), version + 1, true));
    Execution before = stored(id);
    Execution after = stored(next.id());
    assertThat(before.state()).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(before.endedAt()).isEqualTo(clock.instant());
    assertThat(before.continuedAs()).isEqualTo(next.id());
    assertThat(before.continues()).isNull();
    assertThat(after.state()).isEqualTo(ExecutionState.PENDING);
    assertThat(after.continues()).isEqualTo(id);
    assertThat(after.continuedAs()).isNull();
    assertThat(after.labels()).isEqualTo(next.labels());
    assertThat(after.input()).isEqualTo(next.input());
    assertThat(after.parent()).isNull();
    assertThat(openAnother().execution(id)).isEqualTo(before);
  }

  @Test
  @DisplayName("the links stay when either execution changes, and are read with a claim")
  void linksStay() {
    ExecutionId first = executionIn(ExecutionState.RUNNING);
    NewExecution second = next();
    continueAs(first, second);
    NewExecution third = next();
    store.commit(
        changes()
            .updateExecution(second.id(), ExecutionState.RUNNING)
            .setLabels(first, Map.of("team", "data"))
            .readyTaskRun(taskRun(second.id()))
            .build());
    assertThat(store.claim(ClaimRequest.of("worker-1", 1, LONG)).claimed())
        .extracting(each -> each.execution().continues())
        .containsExactly(first);
    ExecutionId idle = executionIn(ExecutionState.RUNNING);
    continueAs(idle, third);
    end(third.id());
    assertThat(stored(third.id()).continues()).isEqualTo(idle);
    assertThat(stored(first).continuedAs()).isEqualTo(second.id());
  }

  @Test
  @DisplayName("a chain of executions can be continued in one change set")
  void chain() {
    ExecutionId first = executionIn(ExecutionState.RUNNING);
    store.signal(first, "go", YES, "k");
    NewExecution second = next();
    NewExecution third = next();
    store.commit(
        changes()
            .continueExecution(first, second)
            .updateExecution(second.id(), ExecutionState.RUNNING)
            .continueExecution(second.id(), third)
            .build());
    assertThat(stored(second.id()).continues()).isEqualTo(first);
    assertThat(stored(second.id()).continuedAs()).isEqualTo(third.id());
    assertThat(store.signals(third.id()))
        .containsExactly(new Signal(third.id(), 1, "go", "k", clock.instant(), null, null));
    assertThat(store.signals(second.id())).isEmpty();
    assertThat(store.latest(first)).isEqualTo(stored(third.id()));
    assertThat(store.latest(third.id())).isEqualTo(stored(third.id()));
    assertThat(store.latest(ids.executionId())).isNull();
  }

  @Test
  @DisplayName("the same again changes nothing, and another continuation is refused")
  void again() {
    ExecutionId id = executionIn(ExecutionState.RUNNING);
    NewExecution next = next();
    continueAs(id, next);
    long version = stored(id).version();
    assertThat(continueAs(id, next)).isEqualTo(new Outcome(RecordRef.of(id), version, false));
    assertThat(store.createExecution(next).changed()).isFalse();
    NewExecution changed = new NewExecution(next.id(), FLOW);
    assertRefused(id, changed)
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("an execution from another request");
    assertRefused(id, next())
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessageContaining("state SUCCEEDED");
  }

  @Test
  @DisplayName("is refused where the end is, and where the next one cannot be created")
  void refused() {
    ExecutionId busy = executionIn(ExecutionState.RUNNING);
    taskRun(busy);
    NewExecution next = next();
    assertRefused(busy, next)
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessageContaining("1 that have not ended");
    assertRefused(execution(), next).isInstanceOf(IllegalTransitionException.class);
    assertRefused(ids.executionId(), next).isInstanceOf(NotFoundException.class);
    ExecutionId id = executionIn(ExecutionState.RUNNING);
    assertRefused(id, new NewExecution(next.id(), new WorkflowId("missing")))
        .isInstanceOf(NotFoundException.class);
    ExecutionId other = execution();
    assertRefused(id, new NewExecution(other, FLOW))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("expected no execution with this id, found an execution in state");
    assertThat(stored(id).state()).isEqualTo(ExecutionState.RUNNING);
    assertThat(store.execution(next.id())).isNull();
  }

  @Test
  @DisplayName("neither itself nor a child of another task run can be the next one")
  void invalid() {
    ExecutionId id = executionIn(ExecutionState.RUNNING);
    assertRefused(id, new NewExecution(id, FLOW))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("use a new id and no parent");
    TaskRunId run = taskRun(execution());
    assertRefused(id, next().childOf(run, ChildPolicy.CANCEL))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("as a child of task run " + run);
  }

  // ---- signals

  @Test
  @DisplayName("signals that are kept go to the next one, in order, with keys and payloads")
  void signals() {
    ExecutionId id = executionIn(ExecutionState.RUNNING);
    store.signal(id, "taken", null, "k0");
    TaskRunId run = taskRun(id);
    store.commit(changes().awaitSignal(run, "taken", null).build());
    for (int i = 1; i <= 12; i++) {
      store.signal(id, i % 2 == 0 ? "go" : "stop", Payload.json("[" + i + "]"), "k" + i);
    }
    NewExecution next = next();
    store.commit(
        changes()
            .updateTaskRun(run, TaskRunState.CANCELLED)
            .signal(id, "go", YES, null)
            .continueExecution(id, next)
            .build());
    assertThat(store.signals(id)).extracting(Signal::key).containsExactly("k0");
    List<Signal> moved = store.signals(next.id());
    assertThat(moved).hasSize(13);
    for (int i = 1; i <= 12; i++) {
      assertThat(moved.get(i - 1))
          .isEqualTo(
              new Signal(
                  next.id(), i, i % 2 == 0 ? "go" : "stop", "k" + i, clock.instant(), null, null));
      assertThat(store.payload(PayloadRef.ofSignal(next.id(), i)))
          .isEqualTo(Payload.json("[" + i + "]"));
      assertThat(store.payload(PayloadRef.ofSignal(id, i + 1))).isNull();
    }
    assertThat(store.payload(PayloadRef.ofSignal(next.id(), 13))).isEqualTo(YES);
    assertThat(store.signal(next.id(), "go", Payload.json("[2]"), "k2"))
        .isEqualTo(new Outcome(RecordRef.of(next.id()), 2, false));
    assertThat(store.signal(next.id(), "go", null, null).version()).isEqualTo(14);
    TaskRunId waiting = taskRun(next.id());
    store.commit(changes().awaitSignal(waiting, "go", null).build());
    assertThat(store.signals(next.id()).get(1).taskRunId()).isEqualTo(waiting);
  }

  @Test
  @DisplayName("a task run of the next one may take a signal in the same change set")
  void takenAtOnce() {
    ExecutionId id = executionIn(ExecutionState.RUNNING);
    store.signal(id, "other", null, null);
    store.signal(id, "go", YES, "k");
    NewExecution next = next();
    TaskRunId run = ids.taskRunId();
    store.commit(
        changes()
            .continueExecution(id, next)
            .createTaskRun(new NewTaskRun(run, next.id(), new TaskId("wait")))
            .awaitSignal(run, "go", null)
            .signal(next.id(), "go", YES, "k")
            .signal(next.id(), "more", null, null)
            .build());
    assertThat(store.signals(next.id()))
        .extracting(Signal::name, Signal::taskRunId)
        .containsExactly(tuple("other", null), tuple("go", run), tuple("more", null));
    assertThat(stored(run).state()).isEqualTo(TaskRunState.PENDING);
  }

  @Test
  @DisplayName("a signal to the ended one is refused, and the error names the next one")
  void late() {
    ExecutionId id = executionIn(ExecutionState.RUNNING);
    NewExecution next = next();
    continueAs(id, next);
    assertThatThrownBy(() -> store.signal(id, "go", null, null))
        .isInstanceOf(ExecutionEndedException.class)
        .hasMessageContaining("state SUCCEEDED, continued as " + next.id());
  }

  // ---- children

  @Test
  @DisplayName("a child is continued as a child, and who waits for it waits for the next one")
  void child() {
    ExecutionId parent = executionIn(ExecutionState.RUNNING);
    TaskRunId run = taskRun(parent);
    ExecutionId id = child(run, ChildPolicy.ABANDON);
    move(id, ExecutionState.RUNNING);
    store.commit(changes().awaitChild(run, id, null).build());
    NewExecution next = next();
    continueAs(id, next);
    assertThat(stored(next.id()).parent()).isEqualTo(stored(id).parent());
    assertThat(stored(run).state()).isEqualTo(TaskRunState.WAITING);
    assertThat(claim()).isEmpty();
    NewExecution last = next();
    move(next.id(), ExecutionState.RUNNING);
    continueAs(next.id(), last);
    assertThat(stored(run).state()).isEqualTo(TaskRunState.WAITING);
    end(last.id());
    assertThat(claim()).containsExactly(run);
  }

  @Test
  @DisplayName("a child that is continued while its parent is cancelled is to be cancelled too")
  void cancelledChild() {
    ExecutionId parent = executionIn(ExecutionState.RUNNING);
    TaskRunId run = taskRun(parent);
    ExecutionId id = child(run);
    ExecutionId free = child(run, ChildPolicy.ABANDON);
    move(id, ExecutionState.RUNNING);
    move(free, ExecutionState.RUNNING);
    move(parent, ExecutionState.CANCELLING);
    NewExecution next = next();
    continueAs(id, next);
    continueAs(free, next());
    assertThat(store.claim(ClaimRequest.of("looks only", 0, LONG)).due())
        .filteredOn(due -> due.reason() == DueReason.CANCEL)
        .extracting(due -> due.executionId())
        .containsExactly(next.id());
  }

  // ---- several writers

  @Test
  @DisplayName("a signal that is sent at the same moment is either moved or refused")
  void race() {
    for (int round = 0; round < 20; round++) {
      ExecutionId id = executionIn(ExecutionState.RUNNING);
      NewExecution next = next();
      StateStore other = openAnother();
      List<Boolean> done =
          Parallel.run(
              2,
              thread -> {
                try {
                  if (thread == 0) {
                    continueAs(id, next);
                  } else {
                    other.signal(id, "go", YES, null);
                  }
                  return true;
                } catch (ExecutionEndedException e) {
                  return false;
                }
              });
      assertThat(done.get(0)).isTrue();
      assertThat(store.signals(next.id())).hasSize(done.get(1) ? 1 : 0);
      assertThat(store.signals(id)).isEmpty();
    }
  }
}
