package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.Change;
import dev.waymark.runner.api.ChildExecution;
import dev.waymark.runner.api.ReceivedSignal;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.api.TaskContext;
import dev.waymark.runner.api.TaskHandler;
import dev.waymark.runner.definition.Stage;
import dev.waymark.testkit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Executions that end and continue as new ones because a handler asks for it. */
@DisplayName("A handler that continues its execution as a new one")
class HandlerContinueTest extends HandlerFixture {
  private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

  private static int count(TaskContext context) {
    Payload input = context.input();
    return input == null || input.size() == 0 || input.text().equals("{}")
        ? 1
        : Integer.parseInt(input.text());
  }

  private static Payload number(int number) {
    return Payload.json(String.valueOf(number));
  }

  /** Counts in its input, up to this number. */
  private TaskHandler upTo(int last) {
    return context -> {
      int count = count(context);
      seen.add(String.valueOf(count));
      if (count < last) {
        context.continueAsNew(number(count + 1));
      } else {
        context.setResult(number(count));
      }
    };
  }

  /** The executions from this one on, in the order of their continuation. */
  private List<Execution> chain(ExecutionId first) {
    List<Execution> chain = new ArrayList<>(List.of(store.execution(first)));
    ExecutionId next = chain.get(0).continuedAs();
    while (next != null) {
      Execution found = store.execution(next);
      assertThat(found.continues()).isEqualTo(chain.get(chain.size() - 1).id());
      chain.add(found);
      next = found.continuedAs();
    }
    return chain;
  }

  private void isNotContinued(ExecutionId id) {
    assertThat(store.execution(id).continuedAs()).isNull();
    assertThat(store.executions(ExecutionQuery.all()).items()).hasSize(1);
    nothingIsLive(id);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @DisplayName("starts the next one with its input; the caller gets the end of the last one")
  void chain(boolean sqlite) {
    store = sqlite ? openSqlite() : store;
    WorkflowId workflow = one().save(store);
    StartRequest request =
        StartRequest.builder(workflow).labels(Map.of("team", "data")).priority(7).build();
    ExecutionId id = runner().start(request);
    assertThat(with(upTo(4)).run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("1", "2", "3", "4");
    List<Execution> chain = chain(id);
    assertThat(chain).hasSize(4);
    assertThat(chain).extracting(Execution::state).containsOnly(ExecutionState.SUCCEEDED);
    assertThat(chain)
        .allSatisfy(
            each ->
                assertThat(each.labels())
                    .containsEntry("team", "data")
                    .containsEntry("waymark.priority", "7"));
    assertThat(store.latest(id).id()).isEqualTo(chain.get(3).id());
    chain.forEach(each -> nothingIsLive(each.id()));
  }

  @Test
  @DisplayName("is heard by a listener, which sees what the execution continues as")
  void listener() {
    ExecutionId id = start(one());
    List<Execution> ended = Collections.synchronizedList(new ArrayList<>());
    Runner runner =
        runner(
            builder()
                .handler("it", upTo(2))
                .listener(
                    new dev.waymark.runner.api.RunListener() {
                      @Override
                      public void executionEnded(Execution execution) {
                        ended.add(execution);
                      }
                    }));
    runner.run(id);
    assertThat(ended).hasSize(2);
    assertThat(ended.get(0).continuedAs()).isEqualTo(ended.get(1).id());
    assertThat(ended).isEqualTo(chain(id));
  }

  @Test
  @DisplayName("needs no caller: any worker goes on with the next one")
  void worker() {
    ExecutionId id = start(one());
    Runner runner = with(upTo(20));
    runner.work(true);
    assertThat(chain(id)).hasSize(20);
    assertThat(state(chain(id).get(19).id())).isEqualTo(ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName("may choose another workflow, with labels of its own")
  void otherWorkflow() {
    WorkflowId other = flow("other").task("o", "").uses("other").save(store);
    ExecutionId id = start(one());
    Runner runner =
        runner(
            builder()
                .handler("other", context -> seen.add("other " + count(context)))
                .handler(
                    "it",
                    context ->
                        context.continueAs(
                            StartRequest.builder(other)
                                .input(number(5))
                                .labels(Map.of("step", "2"))
                                .build())));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("other 5");
    assertThat(chain(id).get(1).workflowId()).isEqualTo(other);
    assertThat(chain(id).get(1).labels()).containsEntry("step", "2");
  }

  @Test
  @DisplayName("may be the last of several tasks; those that need no run are skipped")
  void lastTask() {
    ExecutionId id =
        start(
            flow("flow")
                .task("first", "")
                .uses("first")
                .task("a", "", "first")
                .uses("it")
                .task("mend", "")
                .uses("first")
                .stage(Stage.ON_FAILURE));
    Runner runner = runner(builder().handler("first", context -> {}).handler("it", upTo(3)));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(chain(id)).hasSize(3);
    assertThat(states(id).get("mend")).isEqualTo(TaskRunState.SKIPPED);
  }

  @Test
  @DisplayName("fails without a retry when a task needs it")
  void taskAfterIt() {
    ExecutionId id = start(one().retry(Flows.retry(5, Duration.ZERO)).task("b", "", "a").uses("b"));
    Runner runner = runner(builder().handler("b", context -> seen.add("b")).handler("it", upTo(3)));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(seen).containsExactly("1");
    assertThat(errorOfAttempt(id))
        .contains("execution " + id + " cannot continue as a new one while task b is PENDING")
        .contains("let it need all others");
    assertThat(states(id).get("b")).isEqualTo(TaskRunState.SKIPPED);
    isNotContinued(id);
  }

  @Test
  @DisplayName("fails when a task of finally follows, which then runs")
  void cleanup() {
    ExecutionId id = start(one().task("b", "").uses("b").stage(Stage.FINALLY));
    Runner runner =
        runner(
            builder().handler("b", context -> seen.add(context.result())).handler("it", upTo(3)));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(seen).containsExactly("1", "FAILED");
    assertThat(errorOfAttempt(id)).contains("task b is PENDING");
    isNotContinued(id);
  }

  @Test
  @DisplayName("fails while another task runs, and waits for the answers about those that ended")
  void parallel() {
    ExecutionId id = start(one().task("b", "").uses("b"));
    CountDownLatch mayEnd = new CountDownLatch(1);
    Runner runner =
        runner(
            builder().concurrency(2).handler("b", context -> await(mayEnd)).handler("it", upTo(3)));
    CompletableFuture<ExecutionState> end = runInBackground(runner, id);
    Await.until("the failure", () -> states(id).get("a") == TaskRunState.FAILED);
    mayEnd.countDown();
    assertThat(end.join()).isEqualTo(ExecutionState.FAILED);
    assertThat(errorOfAttempt(id)).contains("task b is RUNNING");
    isNotContinued(id);
  }

  @Test
  @DisplayName("ends as failed when an earlier task has failed")
  void failed() {
    ExecutionId id =
        start(
            flow("flow")
                .task("first", "")
                .uses("first")
                .task("a", "", "first")
                .uses("it")
                .when("always()"));
    Runner runner =
        runner(
            builder()
                .handler(
                    "first",
                    context -> {
                      throw new IllegalStateException("fails");
                    })
                .handler("it", upTo(3)));
    ExecutionState end = runner.run(id);
    assertThat(end).isEqualTo(ExecutionState.FAILED);
    isNotContinued(id);
  }

  @Test
  @DisplayName("ends as cancelled when it is cancelled meanwhile")
  void cancelled() {
    ExecutionId id = start(one());
    Runner runner =
        with(
            context -> {
              upTo(3).run(context);
              Runner.cancel(store, id);
            });
    assertThat(runner.run(id)).isEqualTo(ExecutionState.CANCELLED);
    isNotContinued(id);
  }

  @Test
  @DisplayName("runs again after a pause, with the same signal, and then continues")
  void paused() {
    ExecutionId id = start(one());
    store.signal(id, "go", number(1), null);
    AtomicBoolean isPaused = new AtomicBoolean();
    Runner runner =
        with(
            context -> {
              ReceivedSignal signal = context.signal();
              seen.add(context.attempt() + " " + (signal == null ? "none" : signal.name()));
              if (count(context) == 2) {
                return;
              }
              if (signal == null) {
                context.awaitSignal("go", null);
                return;
              }
              if (!isPaused.getAndSet(true)) {
                Runner.pause(store, id);
              }
              context.continueAsNew(number(2));
            });
    CompletableFuture<ExecutionState> end = runInBackground(runner, id);
    Await.until(
        "the end of the second attempt",
        () -> attempts(id, "a").size() == 2 && attempts(id, "a").get(1).state().isTerminal());
    assertThat(attempts(id, "a").get(1).state()).isEqualTo(AttemptState.CANCELLED);
    assertThat(attempts(id, "a").get(1).error()).contains("paused before it was continued");
    assertThat(state(id)).isEqualTo(ExecutionState.PAUSED);
    runner.resume(id);
    assertThat(end.join()).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("1 none", "2 go", "3 go", "1 none");
    assertThat(chain(id)).hasSize(2);
  }

  @Test
  @DisplayName("hands over the signals that are kept")
  void signals() {
    ExecutionId id = start(one());
    store.signal(id, "later", number(42), "key");
    Runner runner =
        with(
            context -> {
              ReceivedSignal signal = context.signal();
              if (count(context) == 1) {
                context.continueAsNew(number(2));
              } else if (signal == null) {
                context.awaitSignal("later", null);
              } else {
                seen.add(signal.payload().text());
              }
            });
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("42");
  }

  @Test
  @DisplayName("keeps its parent waiting until the last one has ended, and passes its result")
  void child() {
    WorkflowId child = flow("child").task("c", "").uses("child").save(store);
    ExecutionId id = start(one());
    Runner runner =
        runner(
            builder()
                .concurrency(1)
                .handler("child", upTo(3))
                .handler(
                    "it",
                    context -> {
                      ChildExecution found =
                          context.awaitChild(
                              context.child("x", StartRequest.of(child), ChildPolicy.CANCEL));
                      seen.add(found == null ? "waits" : found.state() + " " + found.result());
                    }));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("waits", "1", "2", "3", "SUCCEEDED " + number(3));
  }

  @Test
  @DisplayName("begins within the limit of parallel executions, whose slot the old one gives back")
  void maxParallel() {
    ExecutionId id = start(one().maxParallel(1));
    assertThat(with(upTo(3)).run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(chain(id)).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @DisplayName("starts exactly one execution, also when the store does not answer the commit")
  void unknownAnswer(boolean afterCommit) {
    ExecutionId id = start(one());
    FaultyStore faults =
        new FaultyStore(
            store,
            afterCommit,
            set -> set.changes().stream().anyMatch(Change.ContinueExecution.class::isInstance));
    faults.failures.set(2);
    Runner runner = runner(builder(faults.asStore()).handler("it", upTo(2)));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(chain(id)).hasSize(2);
    assertThat(store.executions(ExecutionQuery.all()).items()).hasSize(2);
    assertThat(seen).containsExactly("1", "2");
  }

  @Test
  @DisplayName("does not continue when the handler throws, or asks for something else afterwards")
  void otherwise() {
    ExecutionId id = start(one().retry(Flows.retry(2, Duration.ZERO)));
    Runner runner =
        with(
            context -> {
              seen.add("" + context.attempt());
              context.continueAsNew(number(2));
              if (context.attempt() == 1) {
                throw new IllegalStateException("fails");
              } else if (context.attempt() == 2) {
                context.sleep(Duration.ZERO);
              } else {
                context.again();
                throw new IllegalStateException("fails");
              }
            });
    assertThat(runner.run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(seen).startsWith("1", "2", "3");
    isNotContinued(id);
  }

  @Test
  @DisplayName("is refused with an id, a repeated execution, or a workflow that does not exist")
  void refused() {
    ExecutionId id = start(one());
    Runner runner =
        with(
            context -> {
              StartRequest.Builder next = StartRequest.next(store.execution(id));
              assertThatThrownBy(() -> context.continueAs(next.executionId(id).build()))
                  .isInstanceOf(InvalidInputException.class)
                  .hasMessageContaining("has the execution id " + id)
                  .hasMessageContaining("leave that out");
              StartRequest again = StartRequest.rerun(store.execution(id), false).build();
              assertThatThrownBy(() -> context.continueAs(again))
                  .isInstanceOf(InvalidInputException.class)
                  .hasMessageContaining("repeats, " + id);
              assertThatThrownBy(
                      () -> context.continueAs(StartRequest.of(new WorkflowId("missing"))))
                  .isInstanceOf(NotFoundException.class)
                  .hasMessageContaining("missing");
              seen.add("checked");
            });
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("checked");
    isNotContinued(id);
  }

  @Test
  @DisplayName("returns the state of the next one to a caller whose runner is stopped")
  void stopped() {
    ExecutionId id = start(one());
    CountDownLatch second = new CountDownLatch(1);
    Runner runner =
        with(
            context -> {
              if (count(context) == 1) {
                context.continueAsNew(number(2));
              } else {
                second.countDown();
                new CountDownLatch(1).await();
              }
            });
    CompletableFuture<ExecutionState> end = runInBackground(runner, id);
    await(second);
    runner.stop();
    assertThat(end.join()).isEqualTo(ExecutionState.RUNNING);
    assertThat(chain(id)).hasSize(2);
  }
}
