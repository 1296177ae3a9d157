package dev.waymark.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.Runner;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** The runner sets the MDC also without any tracing; the MDC of Logback is here. */
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
