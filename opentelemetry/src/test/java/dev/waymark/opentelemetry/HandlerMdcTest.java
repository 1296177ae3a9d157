package dev.waymark.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.Runner;
import dev.waymark.worker.Worker;
import dev.waymark.worker.api.Result;
import dev.waymark.worker.api.Retry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** Runners and workers set the MDC also without any tracing; the MDC of Logback is here. */
@DisplayName("The MDC of a handler")
class HandlerMdcTest extends TracingFixture {
  private static final String TWO =
      """
      id: nightly
      tasks:
        first:
          uses: note
          retry:
            max-attempts: 2
            delay: 1ms
        second: {uses: note, needs: first}
      """;

  @Test
  @DisplayName(
      "names execution, workflow, task and attempt, and nothing that another handler added")
  void names() {
    StateStore store = inMemory(TWO);
    List<Map<String, String>> seen = new CopyOnWriteArrayList<>();
    List<Thread> threads = new CopyOnWriteArrayList<>();
    Runner runner =
        runner(
            builder(store)
                .concurrency(1)
                .handler(
                    "note",
                    context -> {
                      seen.add(MDC.getCopyOfContextMap());
                      threads.add(Thread.currentThread());
                      MDC.put("mine", "left behind");
                      MDC.remove("waymark.execution");
                      if (seen.size() == 1) {
                        throw new IllegalStateException("failing on purpose in a test");
                      }
                    }));
    ExecutionId id = runner.start(request().build());
    assertThat(run(runner, id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen)
        .containsExactly(mdc(id, "first", "1"), mdc(id, "first", "2"), mdc(id, "second", "1"));
    assertThat(threads).containsOnly(threads.get(0));
  }

  @Test
  @DisplayName("names the same for the handler of a worker")
  void worker() throws InterruptedException {
    StateStore store = inMemory(TWO);
    List<Map<String, String>> seen = new CopyOnWriteArrayList<>();
    ExecutionId id = Ids.system().executionId();
    try (Worker worker =
        Worker.builder(store)
            .concurrency(1)
            .retry(Retry.of(2, Duration.ZERO))
            .handle(
                (claimed, context) -> {
                  seen.add(MDC.getCopyOfContextMap());
                  MDC.put("mine", "left behind");
                  return seen.size() == 1 ? Result.failure("on purpose") : Result.success();
                })
            .next(
                (progress, plan) -> {
                  plan.run("turn");
                  if (progress.succeeded("turn")) {
                    plan.run("turn#2");
                  }
                  if (progress.succeeded("turn#2")) {
                    plan.succeed();
                  }
                })
            .start()) {
      worker.submit(new NewExecution(id, new WorkflowId("nightly")));
      assertThat(worker.awaitEnd(id, Duration.ofMinutes(1)).state())
          .isEqualTo(ExecutionState.SUCCEEDED);
    }
    assertThat(seen)
        .containsExactly(mdc(id, "turn", "1"), mdc(id, "turn", "2"), mdc(id, "turn#2", "1"));
  }

  private static Map<String, String> mdc(ExecutionId id, String task, String attempt) {
    return Map.of(
        "waymark.execution",
        id.toString(),
        "waymark.workflow",
        "nightly",
        "waymark.task",
        task,
        "waymark.attempt",
        attempt);
  }
}
