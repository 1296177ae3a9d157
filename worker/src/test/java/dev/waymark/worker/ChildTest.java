package dev.waymark.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Await;
import dev.waymark.worker.api.Context;
import dev.waymark.worker.api.Handler;
import dev.waymark.worker.api.Next;
import dev.waymark.worker.api.Result;
import dev.waymark.worker.api.Retry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The parent runs {@code flow}; the child runs {@code child}, with one task of the same name. */
@DisplayName("A handler that starts a child")
class ChildTest extends WorkerFixture {
  private static final WorkflowId CHILD = new WorkflowId("child");

  private static final Next ONE =
      (progress, plan) -> {
        String task = progress.execution().workflowId().value();
        plan.run(task);
        if (progress.failed(task)) {
          plan.fail(progress.failures());
        } else if (progress.succeeded(task)) {
          plan.succeed(progress.result(task));
        }
      };

  private final CountDownLatch childMayEnd = new CountDownLatch(1);

  private StateStore open(Backend backend) {
    StateStore store = use(backend);
    store.saveWorkflow(new NewWorkflow(CHILD, "what a task of flow starts"));
    return store;
  }

  private static Execution child(Context context, ChildPolicy policy) {
    ExecutionId id = context.childId("child");
    Worker.submit(
        context.store(), new NewExecution(id, CHILD).childOf(context.taskRunId(), policy));
    return Objects.requireNonNull(context.store().execution(id));
  }

  private static boolean isChild(Claimed claimed) {
    return claimed.execution().workflowId().equals(CHILD);
  }

  /** Starts a child, waits for it, and returns its result. */
  private static Result startAndWait(Context context, Supplier<Result> failure) {
    Execution child = child(context, ChildPolicy.CANCEL);
    return switch (child.state()) {
      case SUCCEEDED -> Result.success(context.store().payload(PayloadRef.resultOf(child.id())));
      case FAILED, CANCELLED -> failure.get();
      case PENDING, RUNNING, PAUSED, CANCELLING -> Result.waitForChild(child.id());
    };
  }

  private void work(StateStore store, Handler handler) {
    start(
        Worker.builder(store)
            .concurrency(4)
            .retry(Retry.of(3, Duration.ofMillis(10)))
            .handle(handler)
            .next(ONE));
  }

  private static ExecutionId onlyChild(StateStore store) {
    return childrenOf(store).get(0).id();
  }

  private static List<Execution> childrenOf(StateStore store) {
    return store.executions(ExecutionQuery.all()).items().stream()
        .filter(each -> each.parent() != null)
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("waits for it without a worker, and then has its result")
  void result(Backend backend) throws InterruptedException {
    StateStore store = open(backend);
    work(
        store,
        (claimed, context) -> {
          if (isChild(claimed)) {
            childMayEnd.await();
            return Result.success(json("done"));
          }
          return startAndWait(context, () -> Result.finalFailure("no"));
        });
    ExecutionId id = submit(store);
    Await.until("the parent waits", () -> state(store, id, "flow") == TaskRunState.WAITING);
    childMayEnd.countDown();
    Execution parent = ended(store, id, ExecutionState.SUCCEEDED);
    assertThat(store.payload(PayloadRef.resultOf(parent.id()))).isEqualTo(json("done"));
    assertThat(attempts(store, id, "flow"))
        .containsExactly(AttemptState.SUCCEEDED, AttemptState.SUCCEEDED);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("starts it once, however many of its attempts fail, and decides when it fails")
  void failing(Backend backend) throws InterruptedException {
    StateStore store = open(backend);
    work(
        store,
        (claimed, context) -> {
          if (isChild(claimed)) {
            return Result.finalFailure("the child is ill");
          }
          if (claimed.attempt().number() < 3) {
            Execution unused = child(context, ChildPolicy.CANCEL);
            return Result.failure("fails");
          }
          return startAndWait(
              context,
              () -> {
                Execution child =
                    Objects.requireNonNull(context.store().execution(onlyChild(store)));
                return Result.success(json("without it: " + child.error()));
              });
        });
    ExecutionId id = submit(store);
    Execution parent = ended(store, id, ExecutionState.SUCCEEDED);
    assertThat(store.payload(PayloadRef.resultOf(parent.id())))
        .isEqualTo(json("without it: task child: the child is ill"));
    assertThat(childrenOf(store)).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("goes on after the time-out of the wait, and its child goes on too")
  void timeout(Backend backend) throws InterruptedException {
    StateStore store = open(backend);
    work(
        store,
        (claimed, context) -> {
          if (isChild(claimed)) {
            childMayEnd.await();
            return Result.success();
          }
          Execution child = child(context, ChildPolicy.CANCEL);
          return claimed.attempt().number() == 1
              ? Result.waitForChild(child.id(), Duration.ofMillis(100))
              : Result.success(json(child.state().name()));
        });
    ExecutionId id = submit(store);
    ended(store, id, ExecutionState.SUCCEEDED);
    childMayEnd.countDown();
    ended(store, onlyChild(store), ExecutionState.SUCCEEDED);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("is cancelled, and its child with it, with what runs in it")
  void cancelled(Backend backend) throws InterruptedException {
    StateStore store = open(backend);
    work(
        store,
        (claimed, context) -> {
          if (isChild(claimed)) {
            childMayEnd.await(); // until it is interrupted
          }
          return startAndWait(context, () -> Result.finalFailure("no"));
        });
    ExecutionId id = submit(store);
    Await.until("the parent waits", () -> state(store, id, "flow") == TaskRunState.WAITING);
    ExecutionId child = onlyChild(store);
    Await.until("the child runs", () -> state(store, child, "child") == TaskRunState.RUNNING);
    Worker.cancel(store, id);
    ended(store, id, ExecutionState.CANCELLED);
    ended(store, child, ExecutionState.CANCELLED);
    assertThat(state(store, child, "child")).isEqualTo(TaskRunState.CANCELLED);
  }

  @ParameterizedTest
  @EnumSource(
      value = ExecutionState.class,
      names = {"PENDING", "PAUSED"})
  @DisplayName("takes a child along that has not begun, or is paused")
  void cancelledBeforeItBegins(ExecutionState state) throws InterruptedException {
    StateStore store = open(Backend.MEMORY);
    ExecutionId id = Ids.system().executionId();
    work(
        store,
        (claimed, context) -> {
          ExecutionId child = context.childId("child");
          store.createExecution(
              new NewExecution(child, CHILD).childOf(context.taskRunId(), ChildPolicy.CANCEL));
          if (state == ExecutionState.PAUSED) {
            var unused = store.updateExecution(child, ExecutionState.PAUSED, 1);
          }
          return Result.finalFailure("fails");
        });
    Worker.submit(store, new NewExecution(id, FLOW));
    ended(store, id, ExecutionState.FAILED);
    ended(store, onlyChild(store), ExecutionState.CANCELLED);
    assertThat(store.claim(ClaimRequest.of("looks", 0, LONG)).due()).isEmpty();
  }

  @Test
  @DisplayName("leaves alone a child that is to go on")
  void abandoned() throws InterruptedException {
    StateStore store = open(Backend.MEMORY);
    work(
        store,
        (claimed, context) -> {
          if (isChild(claimed)) {
            childMayEnd.await();
            return Result.success();
          }
          Execution unused = child(context, ChildPolicy.ABANDON);
          return Result.finalFailure("fails");
        });
    ExecutionId id = submit(store);
    ended(store, id, ExecutionState.FAILED);
    childMayEnd.countDown();
    ended(store, onlyChild(store), ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName("fails when it waits for an execution that is not its child")
  void noChild() throws InterruptedException {
    StateStore store = open(Backend.MEMORY);
    ExecutionId other = Ids.system().executionId();
    store.createExecution(new NewExecution(other, CHILD));
    ExecutionId id = Ids.system().executionId();
    work(
        store,
        (claimed, context) -> isChild(claimed) ? Result.success() : Result.waitForChild(other));
    Worker.submit(store, new NewExecution(id, FLOW));
    Execution parent = ended(store, id, ExecutionState.FAILED);
    assertThat(parent.error()).contains("wait for child " + other).contains("no child");
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("or waits for a signal, also for a time only")
  void signal(Backend backend) throws InterruptedException {
    StateStore store = open(backend);
    work(
        store,
        (claimed, context) ->
            switch (claimed.attempt().number()) {
              case 1 -> Result.waitForSignal("approved");
              case 2 -> Result.waitForSignal("never", Duration.ofMillis(50));
              default -> {
                Payload approval =
                    context.store().payload(PayloadRef.ofSignal(claimed.execution().id(), 1));
                yield Result.success(approval);
              }
            });
    ExecutionId id = submit(store);
    Await.until("it waits", () -> state(store, id, "flow") == TaskRunState.WAITING);
    store.signal(id, "approved", json("yes"), null);
    ended(store, id, ExecutionState.SUCCEEDED);
    assertThat(store.payload(PayloadRef.resultOf(id))).isEqualTo(json("yes"));
  }
}
