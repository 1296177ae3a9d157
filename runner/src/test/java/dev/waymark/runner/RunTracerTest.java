package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Limits;
import dev.waymark.runner.api.AttemptStart;
import dev.waymark.runner.api.RunTracer;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.api.TraceContext;
import dev.waymark.testkit.InMemoryStateStore;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Trace contexts without any tracing library. */
@DisplayName("A run tracer")
class RunTracerTest extends HandlerFixture {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final TraceContext CONTEXT =
      new TraceContext("00-" + TRACE + "-b7ad6b7169203331-01", "vendor=1");

  /** Starts executions with a trace context, and notes each call. */
  private static class Recorder implements RunTracer {
    final List<String> calls = new CopyOnWriteArrayList<>();
    private final TraceContext context;

    Recorder(TraceContext context) {
      this.context = context;
    }

    @Override
    public Start executionStarting(WorkflowId workflow) {
      return new Start() {
        @Override
        public TraceContext context() {
          return context;
        }

        @Override
        public void failed(Throwable error) {
          calls.add("start failed: " + error.getClass().getSimpleName());
        }

        @Override
        public void ended(@Nullable ExecutionId execution) {
          calls.add("start of " + workflow + (execution == null ? " failed" : " ended"));
        }
      };
    }

    @Override
    public Attempt attemptStarting(AttemptStart attempt) {
      return new Attempt() {
        @Override
        public @Nullable TraceContext context() {
          return attempt.parent();
        }

        @Override
        public Scope enter() {
          calls.add("entered " + attempt.taskId());
          return () -> calls.add("left " + attempt.taskId());
        }

        @Override
        public void failed(Throwable error) {
          calls.add("threw " + error.getMessage());
        }

        @Override
        public void ended(AttemptState state, @Nullable Integer exitCode) {
          calls.add(attempt.taskId() + " " + state + " " + exitCode);
        }
      };
    }

    @Override
    public void executionEnded(Execution execution) {
      calls.add("execution " + execution.state());
    }
  }

  private StartRequest.Builder request(Flows.Flow flow) {
    return StartRequest.builder(flow.save(store)).directory(folder);
  }

  private Map<String, String> labels(ExecutionId id) {
    return Objects.requireNonNull(store.execution(id)).labels();
  }

  @Test
  @DisplayName("sees the start, each attempt and the end, and is entered around a handler")
  void calls() {
    Recorder recorder = new Recorder(CONTEXT);
    Runner runner =
        runner(
            builder()
                .concurrency(1)
                .tracer(recorder)
                .handler(
                    "it",
                    context -> {
                      throw new IllegalStateException("on purpose");
                    }));
    ExecutionId id = runner.start(request(flow("flow").task("process", "exit 3")).build());
    runner.run(id);
    runner.run(runner.start(request(one()).build()));
    assertThatThrownBy(() -> runner.start(StartRequest.of(new WorkflowId("unknown"))));
    runner.stop();
    assertThat(recorder.calls)
        .containsExactly(
            "start of flow ended",
            "process FAILED 3",
            "execution FAILED",
            "start of flow ended",
            "entered a",
            "left a",
            "threw on purpose",
            "a FAILED null",
            "execution FAILED",
            "start failed: NotFoundException",
            "start of unknown failed");
  }

  @Test
  @DisplayName("gives a trace context to the processes of all workers, also of those without one")
  void carried() {
    Flows.Flow flow =
        flow("flow")
            .task("a", "echo $TRACEPARENT $TRACESTATE > trace")
            .task("b", "echo $TRACEPARENT > own", "a")
            .taskEnv("TRACEPARENT", "mine");
    ExecutionId id = runner(builder().tracer(new Recorder(CONTEXT))).start(request(flow).build());
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(read("trace").strip()).isEqualTo(CONTEXT.traceparent() + " vendor=1");
    assertThat(read("own").strip()).isEqualTo("mine");
    assertThat(TraceContext.of(Objects.requireNonNull(store.execution(id)))).isEqualTo(CONTEXT);
  }

  @Test
  @DisplayName("leaves a repeated start the same start, and a rerun gets its own trace context")
  void repeated() {
    TraceContext other = new TraceContext("00-" + TRACE + "-1111111111111111-00", null);
    StartRequest request = request(flow("flow").task("a", "true")).idempotencyKey("once").build();
    ExecutionId id = runner(builder().tracer(new Recorder(CONTEXT))).start(request);
    Runner second = runner(builder().tracer(new Recorder(other)));
    assertThat(second.start(request)).isEqualTo(id);
    assertThat(runner().start(request)).isEqualTo(id);
    assertThat(labels(id)).containsEntry("waymark.traceparent", CONTEXT.traceparent());
    Execution earlier = Objects.requireNonNull(store.execution(id));
    ExecutionId rerun = second.start(StartRequest.rerun(earlier, false).build());
    assertThat(labels(rerun))
        .containsEntry("waymark.traceparent", other.traceparent())
        .doesNotContainKey("waymark.tracestate");
  }

  @Test
  @DisplayName("does not fail a start that has as many labels as the limit allows")
  void limits() {
    store =
        new InMemoryStateStore(
            InstantSource.system(), Limits.builder().maxLabels(2).maxLabelValueBytes(500).build());
    Runner runner = runner(builder().tracer(new Recorder(CONTEXT)));
    Flows.Flow flow = flow("flow").task("a", "true");
    assertThat(labels(runner.start(request(flow).labels(Map.of("a", "b")).build())))
        .containsOnlyKeys("a", "waymark.directory");
    assertThat(labels(runner.start(request(flow).build())))
        .containsOnlyKeys("waymark.traceparent", "waymark.directory");
  }

  @Test
  @DisplayName("that throws does not affect starts and attempts")
  void throwing() {
    IllegalStateException broken = new IllegalStateException("broken on purpose by a test");
    RunTracer throwing =
        new RunTracer() {
          @Override
          public Start executionStarting(WorkflowId workflow) {
            throw broken;
          }

          @Override
          public Attempt attemptStarting(AttemptStart attempt) {
            return new Attempt() {
              @Override
              public TraceContext context() {
                throw broken;
              }

              @Override
              public Scope enter() {
                throw broken;
              }

              @Override
              public void ended(AttemptState state, @Nullable Integer exitCode) {
                throw broken;
              }
            };
          }

          @Override
          public void executionEnded(Execution execution) {
            throw broken;
          }
        };
    Runner runner = runner(builder().tracer(throwing).handler("it", context -> {}));
    ExecutionId id = runner.start(request(one().task("b", "true")).build());
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName("refuses a trace context in another format")
  void format() {
    assertThatThrownBy(() -> new TraceContext("00-1-2-3", null))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("traceparent is \"00-1-2-3\"");
    assertThatThrownBy(() -> new TraceContext(CONTEXT.traceparent(), "a\nb"))
        .isInstanceOf(InvalidInputException.class);
  }
}
