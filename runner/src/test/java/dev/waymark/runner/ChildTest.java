package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.Parent;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.api.ChildExecution;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.api.TaskContext;
import dev.waymark.runner.api.TaskHandler;
import dev.waymark.runner.definition.Stage;
import dev.waymark.testkit.Await;
import dev.waymark.testkit.InMemoryStateStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The parent is {@code flow} with task {@code a}; the child is {@code child} with task {@code c}.
 */
@DisplayName("A handler that starts a child")
class ChildTest extends HandlerFixture {
  private static final Payload DONE = Payload.json("{\"rows\":42}");
  private static final Duration LONG = Duration.ofHours(1);

  private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch childMayEnd = new CountDownLatch(1);

  private StartRequest child() {
    WorkflowId id = flow("child").task("c", "").uses("child").save(store);
    return StartRequest.builder(id).directory(folder).build();
  }

  private Runner with(TaskHandler parent, TaskHandler child) {
    return runner(builder().concurrency(1).handler("it", parent).handler("child", child));
  }

  /** Starts a child and waits for it; notes what it finds. */
  private TaskHandler parent(ChildPolicy policy) {
    return parent(policy, null);
  }

  private TaskHandler parent(ChildPolicy policy, Duration timeout) {
    StartRequest request = child();
    return context -> {
      ChildExecution found = context.awaitChild(context.child("x", request, policy), timeout);
      seen.add(context.attempt() + " " + (found == null ? "waits" : found.state()));
      if (found != null && found.result() != null) {
        context.setResult(found.result());
      }
    };
  }

  private List<Execution> children(ExecutionId parent) {
    return store.executions(ExecutionQuery.all()).items().stream()
        .filter(each -> each.parent() != null && each.parent().executionId().equals(parent))
        .toList();
  }

  private ExecutionId onlyChild(ExecutionId parent) {
    assertThat(children(parent)).hasSize(1);
    return children(parent).get(0).id();
  }

  private Payload result(ExecutionId id) {
    return store.executionProgress(id).taskRuns().get(0).result();
  }

  private void awaitState(ExecutionId id, String task, TaskRunState state) {
    Await.until("task " + task + " " + state, () -> taskRun(id, task).state() == state);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @DisplayName("waits for it with one slot and one runner, and then has its result")
  void result(boolean sqlite) {
    store = sqlite ? openSqlite() : store;
    ExecutionId id = start(one());
    Runner runner = with(parent(ChildPolicy.CANCEL), context -> context.setResult(DONE));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("1 waits", "2 SUCCEEDED");
    assertThat(result(id)).isEqualTo(DONE);
    ExecutionId child = onlyChild(id);
    assertThat(store.execution(child).parent())
        .isEqualTo(new Parent(taskRun(id, "a").id(), id, ChildPolicy.CANCEL, 1));
    assertThat(state(child)).isEqualTo(ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName("and waits for one that was deleted fails with the reason")
  void deleted() {
    ExecutionId id = start(one());
    StartRequest request = child();
    StateStore real = store;
    List<ExecutionId> children = Collections.synchronizedList(new ArrayList<>());
    store =
        new FaultyStore(real, false, changes -> false)
            .afterClaims(
                claims -> {
                  if (claims.claimed().stream().anyMatch(each -> each.attempt().number() == 2)) {
                    real.commit(ChangeSet.builder().deleteExecution(children.get(0)).build());
                  }
                })
            .asStore();
    Runner runner =
        with(
            context -> {
              if (context.attempt() == 1) {
                children.add(context.child("x", request, ChildPolicy.CANCEL));
              }
              ChildExecution unused = context.awaitChild(children.get(0));
            },
            context -> context.setResult(DONE));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(attempts(id, "a").get(1).error()).contains(children.get(0) + " does not exist");
    assertThat(store.execution(children.get(0))).isNull();
  }

  @Test
  @DisplayName("starts it once, however many of its attempts fail")
  void once() {
    ExecutionId id = start(one().retry(Flows.retry(5, Duration.ZERO)));
    StartRequest request = child();
    Runner runner =
        with(
            context -> {
              ExecutionId child = context.child("x", request, ChildPolicy.CANCEL);
              seen.add(child.toString());
              if (context.attempt() < 4) {
                throw new IllegalStateException("fails");
              }
              ChildExecution unused = context.awaitChild(child);
            },
            context -> {});
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).hasSize(5).containsOnly(onlyChild(id).toString());
  }

  @Test
  @DisplayName("gets it at once when it has ended before")
  void atOnce() {
    ExecutionId id = start(one());
    StartRequest request = child();
    Runner runner =
        with(
            context -> {
              ExecutionId child = context.child("x", request, ChildPolicy.CANCEL);
              Runner other = runner(builder().handler("child", each -> each.setResult(DONE)));
              assertThat(other.run(child)).isEqualTo(ExecutionState.SUCCEEDED);
              seen.add(context.attempt() + " " + context.awaitChild(child).resultOf("c"));
            },
            context -> {});
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("1 " + DONE);
  }

  @Test
  @DisplayName("may end without it, which then goes on")
  void notAwaited() {
    ExecutionId id = start(one());
    StartRequest request = child();
    TaskHandler starts = context -> context.child("x", request, ChildPolicy.CANCEL);
    assertThat(with(starts, context -> {}).run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(state(onlyChild(id))).isEqualTo(ExecutionState.PENDING);
    assertThat(with(starts, context -> {}).run(onlyChild(id))).isEqualTo(ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName("decides itself what it means that the child fails")
  void failing() {
    ExecutionId id = start(one());
    StartRequest request = child();
    Runner runner =
        with(
            context -> {
              ChildExecution found =
                  context.awaitChild(context.child("x", request, ChildPolicy.CANCEL));
              if (found != null) {
                seen.add(found.state() + ": " + found.error());
              }
            },
            context -> {
              throw new IllegalStateException("the child is ill");
            });
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).singleElement().asString().startsWith("FAILED: ").contains("c");
  }

  @Test
  @DisplayName("has all of its retries again after the wait")
  void retriesAgain() {
    ExecutionId id = start(one().retry(Flows.retry(2, Duration.ZERO)));
    TaskHandler waits = parent(ChildPolicy.CANCEL);
    Runner runner =
        with(
            context -> {
              if (context.attempt() % 2 == 1) {
                throw new IllegalStateException("fails");
              }
              waits.run(context);
            },
            context -> {});
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a"))
        .containsExactly("1 FAILED", "2 SUCCEEDED", "3 FAILED", "4 SUCCEEDED");
  }

  @Test
  @DisplayName("goes on after the time-out, and gets the child as it is")
  void timeout() {
    ExecutionId id = start(one());
    Runner runner = with(parent(ChildPolicy.CANCEL, Duration.ofMillis(200)), context -> {});
    // No worker has the handler of the child.
    Runner parentOnly =
        runner(builder().handler("it", parent(ChildPolicy.CANCEL, Duration.ofMillis(200))));
    CompletableFuture<Void> unused = workInBackground(parentOnly);
    Await.until("the parent ends", () -> state(id) == ExecutionState.SUCCEEDED);
    assertThat(seen).first().isEqualTo("1 waits");
    assertThat(seen).last().asString().endsWith(" PENDING");
    assertThat(runner.run(onlyChild(id))).isEqualTo(ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName("may have children of its own, of which each waits for the next")
  void depth() {
    WorkflowId deep = flow("flow").task("a", "").uses("it").save(store);
    ExecutionId id = start(one());
    TaskHandler handler =
        context -> {
          int depth = depth(context);
          if (depth < 4) {
            ChildExecution found =
                context.awaitChild(context.child("x", deep, null, ChildPolicy.CANCEL));
            if (found != null) {
              context.setResult(found.result());
            }
          } else {
            context.setResult(DONE);
          }
        };
    assertThat(with(handler).run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(result(id)).isEqualTo(DONE);
    assertThat(store.executions(ExecutionQuery.all()).items()).hasSize(5);
  }

  private int depth(TaskContext context) {
    Parent parent = store.execution(context.executionId()).parent();
    return parent == null ? 0 : parent.depth();
  }

  @Test
  @DisplayName("fails when it would have too many ancestors")
  void tooDeep() {
    store = new InMemoryStateStore(InstantSource.system(), Limits.builder().maxDepth(1).build());
    WorkflowId deep = flow("flow").task("a", "").uses("it").save(store);
    ExecutionId id = start(one());
    TaskHandler handler =
        context -> {
          ChildExecution found =
              context.awaitChild(context.child("x", deep, null, ChildPolicy.CANCEL));
          if (found != null) {
            seen.add(found.state().name());
          }
        };
    assertThat(with(handler).run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("FAILED");
    assertThat(log(onlyChild(id), 1)).contains("maxDepth");
  }

  @Test
  @DisplayName("and dies is run again by another worker, which finds the same child")
  void otherWorker() {
    store = openSqlite();
    ExecutionId id = start(one());
    Runner first = runner(builder().handler("it", parent(ChildPolicy.CANCEL)));
    CompletableFuture<Void> unused = workInBackground(first);
    awaitState(id, "a", TaskRunState.WAITING);
    first.stop();
    assertThat(with(parent(ChildPolicy.CANCEL), context -> {}).run(id))
        .isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("1 waits", "2 SUCCEEDED");
    assertThat(state(onlyChild(id))).isEqualTo(ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName("gets an error at once for what is not valid")
  void badInput() {
    ExecutionId id = start(one());
    StartRequest request = child();
    ExecutionId other = Ids.system().executionId();
    Runner runner =
        with(
            context -> {
              ExecutionId child = context.child("x", request, ChildPolicy.CANCEL);
              StartRequest different = request.toBuilder().labels(Map.of("team", "b")).build();
              assertThatThrownBy(() -> context.child("x", different, ChildPolicy.CANCEL))
                  .isInstanceOf(ConflictException.class);
              for (ThrowingCallable bad :
                  List.<ThrowingCallable>of(
                      () -> context.child("", request, ChildPolicy.CANCEL),
                      () ->
                          context.child(
                              "y",
                              request.toBuilder().idempotencyKey("k").build(),
                              ChildPolicy.CANCEL),
                      () -> context.awaitChild(other),
                      () -> context.awaitChild(context.executionId()),
                      () -> context.awaitChild(child, Duration.ofMillis(-1)))) {
                assertThatThrownBy(bad).isInstanceOf(InvalidInputException.class);
              }
              seen.add("refused");
            },
            context -> {});
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("refused");
  }

  @Nested
  @DisplayName("and is cancelled or fails")
  class Ended {
    private Runner childWaits(ChildPolicy policy) {
      return runner(
          builder().handler("it", parent(policy)).handler("child", context -> childMayEnd.await()));
    }

    private ExecutionId awaitRunningChild(ExecutionId id) {
      awaitState(id, "a", TaskRunState.WAITING);
      ExecutionId child = onlyChild(id);
      awaitState(child, "c", TaskRunState.RUNNING);
      return child;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("takes its child along, with what runs in it")
    void cancelled(boolean sqlite) {
      store = sqlite ? openSqlite() : store;
      ExecutionId id = start(one());
      Runner runner = childWaits(ChildPolicy.CANCEL);
      CompletableFuture<Void> unused = workInBackground(runner);
      ExecutionId child = awaitRunningChild(id);
      Runner.cancel(store, id);
      Await.until("the child ends", () -> state(child) == ExecutionState.CANCELLED);
      assertThat(state(id)).isEqualTo(ExecutionState.CANCELLED);
      nothingIsLive(child);
      assertThat(store.claim(ClaimRequest.of("looks", 0, LONG)).due()).isEmpty();
    }

    @Test
    @DisplayName("takes its child along when it works on nothing else")
    void cancelledInRun() {
      ExecutionId id = start(one());
      CompletableFuture<ExecutionState> end = runInBackground(childWaits(ChildPolicy.CANCEL), id);
      ExecutionId child = awaitRunningChild(id);
      Runner.cancel(store, id);
      assertThat(end.join()).isEqualTo(ExecutionState.CANCELLED);
      assertThat(state(child)).isEqualTo(ExecutionState.CANCELLED);
    }

    @Test
    @DisplayName("leaves its child alone if that is to go on")
    void abandoned() {
      ExecutionId id = start(one());
      CompletableFuture<Void> unused = workInBackground(childWaits(ChildPolicy.ABANDON));
      ExecutionId child = awaitRunningChild(id);
      Runner.cancel(store, id);
      Await.until("the parent ends", () -> state(id) == ExecutionState.CANCELLED);
      childMayEnd.countDown();
      Await.until("the child ends", () -> state(child) == ExecutionState.SUCCEEDED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("takes a child along that has not begun, or is paused")
    void notBegun(boolean isPaused) {
      ExecutionId id = start(one());
      StartRequest request = child();
      Runner runner =
          with(
              context -> {
                ExecutionId child = context.child("x", request, ChildPolicy.CANCEL);
                if (isPaused) {
                  Runner.pause(store, child);
                }
                throw new IllegalStateException("fails");
              },
              context -> {
                seen.add("runs");
                childMayEnd.await(); // until it is interrupted
              });
      assertThat(runner.run(id)).isEqualTo(ExecutionState.FAILED);
      CompletableFuture<Void> unused = workInBackground(runner);
      ExecutionId child = onlyChild(id);
      Await.until("the child ends", () -> state(child) == ExecutionState.CANCELLED);
      assertThat(seen).as("attempts of a paused child").hasSizeLessThan(isPaused ? 1 : 2);
    }

    @Test
    @DisplayName("still has the tasks of finally, also those of the child")
    void cleanup() {
      WorkflowId nested =
          flow("child")
              .task("c", "")
              .uses("child")
              .task("clean", "")
              .uses("clean")
              .stage(Stage.FINALLY)
              .save(store);
      ExecutionId id = start(one());
      Runner runner =
          runner(
              builder()
                  .handler(
                      "it",
                      context -> {
                        ChildExecution unused =
                            context.awaitChild(
                                context.child("x", nested, null, ChildPolicy.CANCEL));
                      })
                  .handler("child", context -> childMayEnd.await())
                  .handler("clean", context -> seen.add("clean")));
      CompletableFuture<Void> unused = workInBackground(runner);
      ExecutionId child = awaitRunningChild(id);
      Runner.cancel(store, id);
      Await.until("the child ends", () -> state(child) == ExecutionState.CANCELLED);
      assertThat(seen).containsExactly("clean");
      assertThat(store.claim(ClaimRequest.of("looks", 0, LONG)).due()).isEmpty();
    }
  }
}
