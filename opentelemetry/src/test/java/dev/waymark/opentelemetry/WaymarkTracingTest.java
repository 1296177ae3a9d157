package dev.waymark.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.RunListener;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.api.TaskHandler;
import dev.waymark.runner.api.TaskRunProgress;
import dev.waymark.runner.api.TraceContext;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The tracing of a runner")
class WaymarkTracingTest extends TracingFixture {
  private static final String SECRET = "hunter2";
  private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

  private static final String FLAKY =
      """
      id: nightly
      inputs:
        password:
          description: In no span.
      tasks:
        load:
          uses: load
          retry:
            max-attempts: 2
            delay: 10ms
        report:
          needs: load
          run: |
            echo "$TRACEPARENT" > trace
            exit 3
      """;

  /** Fails in its first attempt, with a secret in the message. */
  private TaskHandler flaky() {
    Tracer own = sdk.openTelemetry.getTracer("the program");
    return context -> {
      own.spanBuilder("own " + context.attempt()).startSpan().end();
      if (context.attempt() == 1) {
        throw new IllegalStateException("cannot log in with " + context.inputs().get("password"));
      }
    };
  }

  private StartRequest secret() {
    return request().inputs(Map.of("password", SECRET)).labels(Map.of("customer", SECRET)).build();
  }

  /** Starts the execution within a span of the program. */
  private ExecutionId startWithin(Runner runner, String name, StartRequest request) {
    Span span = sdk.openTelemetry.getTracer("the program").spanBuilder(name).startSpan();
    try (Scope scope = span.makeCurrent()) {
      return runner.start(request);
    } finally {
      span.end();
    }
  }

  @Test
  @DisplayName("is a tree below the span of the starter, with a span for each attempt")
  void tree() throws IOException {
    StateStore store = inMemory(FLAKY);
    Runner runner = runner(builder(store).tracer(sdk.tracing).handler("load", flaky()));
    ExecutionId id = startWithin(runner, "POST /reports", secret());
    assertThat(run(runner, id)).isEqualTo(ExecutionState.FAILED);
    assertThat(sdk.roots()).hasSize(1);
    assertThat(sdk.tree(sdk.span("POST /reports")))
        .isEqualTo(
            "POST /reports[start nightly["
                + "attempt load[own 1], attempt load[own 2], attempt report, execution nightly]]");
    SpanContext report = sdk.span("attempt report").getSpanContext();
    assertThat(read("trace"))
        .isEqualTo(
            "00-%s-%s-%s",
            sdk.span("POST /reports").getTraceId(),
            report.getSpanId(),
            report.getTraceFlags().asHex());
  }

  @Test
  @DisplayName("says in the spans what ended how, and no inputs, labels or texts of errors")
  void attributes() {
    StateStore store = inMemory(FLAKY);
    Runner runner =
        runner(builder(store).worker("here").tracer(sdk.tracing).handler("load", flaky()));
    ExecutionId id = runner.start(secret());
    run(runner, id);
    List<SpanData> loads = sdk.spans("attempt load");
    assertThat(loads.get(0).getKind()).isEqualTo(SpanKind.CONSUMER);
    assertThat(loads.get(0).getStatus()).isEqualTo(StatusData.create(StatusCode.ERROR, "FAILED"));
    assertThat(loads.get(0).getAttributes().asMap())
        .containsEntry(Names.WORKFLOW, "nightly")
        .containsEntry(Names.EXECUTION, id.toString())
        .containsEntry(Names.TASK, "load")
        .containsEntry(Names.ATTEMPT, 1L)
        .containsEntry(Names.ATTEMPT_STATE, "FAILED")
        .containsEntry(Names.WORKER, "here")
        .containsEntry(ERROR_TYPE, "java.lang.IllegalStateException");
    assertThat(loads.get(1).getStatus()).isEqualTo(StatusData.unset());
    assertThat(loads.get(1).getAttributes().get(Names.ATTEMPT)).isEqualTo(2);
    assertThat(sdk.span("attempt report").getAttributes().get(Names.EXIT_CODE)).isEqualTo(3);
    SpanData execution = sdk.span("execution nightly");
    assertThat(execution.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(execution.getAttributes().get(Names.EXECUTION_STATE)).isEqualTo("FAILED");
    Execution recorded = Objects.requireNonNull(store.execution(id));
    assertThat(execution.getStartEpochNanos()).isEqualTo(nanos(recorded.createdAt()));
    assertThat(execution.getEndEpochNanos())
        .isEqualTo(nanos(Objects.requireNonNull(recorded.endedAt())));
    assertThat(sdk.spans().toString()).doesNotContain(SECRET);
  }

  private static long nanos(Instant at) {
    return TimeUnit.SECONDS.toNanos(at.getEpochSecond()) + at.getNano();
  }

  @Test
  @DisplayName("is one trace over two workers in two processes")
  void twoWorkers() {
    String definition =
        """
        id: nightly
        tasks:
          first: {uses: first}
          second: {uses: second, needs: first}
        """;
    StateStore store = sqlite(definition);
    StateStore another = sqlite(definition);
    Sdk other = new Sdk();
    Runner first =
        runner(builder(store).tracer(sdk.tracing).handler("first", context -> checkCurrent()));
    Runner second =
        runner(builder(another).tracer(other.tracing).handler("second", context -> checkCurrent()));
    ExecutionId id = first.start(request().build());
    Thread help = new Thread(() -> second.work(false), "second-worker");
    help.start();
    assertThat(first.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    first.stop();
    second.stop();
    SpanData start = sdk.span("start nightly");
    SpanData attempt = other.span("attempt second");
    assertThat(attempt.getTraceId()).isEqualTo(start.getTraceId());
    assertThat(attempt.getParentSpanId()).isEqualTo(start.getSpanId());
    assertThat(sdk.span("attempt first").getParentSpanId()).isEqualTo(start.getSpanId());
    assertThat(sdk.spans("execution nightly").size() + other.spans("execution nightly").size())
        .isEqualTo(1);
  }

  private static void checkCurrent() {
    assertThat(Span.current().getSpanContext().isValid()).isTrue();
  }

  private static final String ONE =
      """
      id: nightly
      tasks:
        only: {uses: only}
      """;

  @Test
  @DisplayName("has the commit of a start below it, and spans for commits and claims of the worker")
  void commits() {
    StateStore store = sqlite(ONE);
    Runner runner = runner(builder(store).tracer(sdk.tracing).handler("only", context -> {}));
    ExecutionId id = runner.start(request().build());
    assertThat(run(runner, id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(sdk.tree(sdk.span("start nightly")))
        .isEqualTo("start nightly[attempt only, execution nightly, waymark commit]");
    assertThat(sdk.spans("waymark claim"))
        .allMatch(span -> Objects.equals(span.getAttributes().get(Names.TASK_RUNS), 1L))
        .hasSize(1);
    assertThat(sdk.spans("waymark commit"))
        .allMatch(span -> span.getEndEpochNanos() > span.getStartEpochNanos())
        .allMatch(span -> Objects.equals(span.getAttributes().get(Names.REFUSED), 0L));
  }

  @Test
  @DisplayName("marks a start that failed, and an idempotent start has a span each time")
  void starts() {
    StateStore store = inMemory(ONE);
    Runner runner = runner(builder(store).tracer(sdk.tracing));
    StartRequest once = request().idempotencyKey("once").build();
    assertThat(runner.start(once)).isEqualTo(runner.start(once));
    assertThat(sdk.spans("start nightly")).hasSize(2);
    assertThatThrownBy(() -> runner.start(StartRequest.of(new WorkflowId("unknown"))))
        .isInstanceOf(NotFoundException.class);
    SpanData failed = sdk.span("start unknown");
    assertThat(failed.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(failed.getAttributes().get(ERROR_TYPE)).isEqualTo(NotFoundException.class.getName());
    assertThat(Span.current().getSpanContext().isValid()).isFalse();
  }

  @Test
  @DisplayName("marks the attempt that a stopping worker cancels, but not as an error")
  void stopped() {
    StateStore store = inMemory(ONE);
    List<Runner> self = new CopyOnWriteArrayList<>();
    Runner runner =
        runner(
            builder(store)
                .tracer(sdk.tracing)
                .listener(
                    new RunListener() {
                      @Override
                      public void taskRunChanged(TaskRunProgress progress) {
                        self.get(0).stop();
                      }
                    })
                .handler("only", context -> new CountDownLatch(1).await()));
    self.add(runner);
    run(runner, runner.start(request().build()));
    SpanData attempt = sdk.span("attempt only");
    assertThat(attempt.getAttributes().get(Names.ATTEMPT_STATE)).isEqualTo("CANCELLED");
    assertThat(attempt.getStatus()).isEqualTo(StatusData.unset());
    assertThat(sdk.spans("execution nightly")).isEmpty();
  }

  @Test
  @DisplayName("without an SDK records nothing, and carries the context of the caller")
  void noSdk() throws IOException {
    StateStore store =
        inMemory(
            """
            id: nightly
            tasks:
              only:
                run: echo "$TRACEPARENT $TRACESTATE" > trace
            """);
    Runner runner = runner(builder(store).tracer(WaymarkTracing.of(OpenTelemetry.noop())));
    ExecutionId without = runner.start(request().build());
    assertThat(TraceContext.of(Objects.requireNonNull(store.execution(without)))).isNull();
    SpanContext caller =
        SpanContext.create(
            "0af7651916cd43dd8448eb211c80319c",
            "b7ad6b7169203331",
            TraceFlags.getSampled(),
            TraceState.builder().put("vendor", "1").build());
    ExecutionId id;
    try (Scope scope = Context.root().with(Span.wrap(caller)).makeCurrent()) {
      id = runner.start(request().build());
    }
    assertThat(run(runner, id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(read("trace"))
        .isEqualTo("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 vendor=1");
  }
}
