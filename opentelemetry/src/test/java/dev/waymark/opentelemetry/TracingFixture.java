package dev.waymark.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.sqlite.SqliteStateStore;
import dev.waymark.testkit.InMemoryStateStore;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program with an SDK whose spans are kept, stores and runners. */
@Timeout(120)
abstract class TracingFixture {
  static final WorkflowId FLOW = new WorkflowId("nightly");

  @TempDir Path folder = Path.of("");
  final Sdk sdk = new Sdk();
  private final List<AutoCloseable> opened = new ArrayList<>();

  /** What one process has: an SDK, and the tracing with it. */
  static final class Sdk {
    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

    final OpenTelemetrySdk openTelemetry =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                    .build())
            .build();
    final WaymarkTracing tracing = WaymarkTracing.of(openTelemetry);

    List<SpanData> spans() {
      return exporter.getFinishedSpanItems();
    }

    List<SpanData> spans(String name) {
      return spans().stream().filter(span -> span.getName().equals(name)).toList();
    }

    SpanData span(String name) {
      List<SpanData> found = spans(name);
      assertThat(found).as(name).hasSize(1);
      return found.get(0);
    }

    /** The names of the spans below a span, each with those below it. */
    String tree(SpanData parent) {
      List<String> below =
          spans().stream()
              .filter(span -> span.getParentSpanId().equals(parent.getSpanId()))
              .map(this::tree)
              .sorted()
              .toList();
      return parent.getName() + (below.isEmpty() ? "" : below);
    }

    List<SpanData> roots() {
      return spans().stream()
          .filter(span -> span.getParentSpanId().equals(SpanId.getInvalid()))
          .toList();
    }
  }

  @AfterEach
  void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  StateStore inMemory(String definition) {
    return with(definition, new InMemoryStateStore(InstantSource.system(), Limits.defaults()));
  }

  StateStore sqlite(String definition) {
    return with(
        definition,
        SqliteStateStore.builder(folder.resolve("waymark.db")).observer(sdk.tracing).build());
  }

  private StateStore with(String definition, StateStore store) {
    opened.add(store);
    store.saveWorkflow(new NewWorkflow(FLOW, definition));
    return store;
  }

  Runner.Builder builder(StateStore store) {
    return Runner.builder(store)
        .logDirectory(folder.resolve("logs"))
        .pollInterval(Duration.ofMillis(20));
  }

  Runner runner(Runner.Builder builder) {
    Runner runner = builder.build();
    opened.add(runner);
    return runner;
  }

  StartRequest.Builder request() {
    return StartRequest.builder(FLOW).directory(folder);
  }

  /** Runs an execution, and returns when all of it is exported. */
  static ExecutionState run(Runner runner, ExecutionId id) {
    ExecutionState end = runner.run(id);
    runner.stop();
    return end;
  }

  String read(String name) throws IOException {
    return Files.readString(folder.resolve(name)).strip();
  }
}
