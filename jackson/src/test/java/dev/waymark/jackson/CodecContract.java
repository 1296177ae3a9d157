package dev.waymark.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadCodec;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.sqlite.SqliteStateStore;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a codec does, whatever the version of Jackson. */
abstract class CodecContract {
  enum Kind {
    TEA,
    COFFEE
  }

  record Line(Kind kind, int amount, BigDecimal price) {}

  record Order(
      long number,
      String customer,
      List<Line> lines,
      Map<String, Integer> points,
      Instant at,
      LocalDate day,
      Duration within,
      Optional<String> note) {}

  record Positive(int amount) {
    Positive {
      if (amount < 1) {
        throw new IllegalStateException("secret " + amount);
      }
    }
  }

  /** A class that refers to itself. */
  static final class Loop {
    public final List<Loop> next = new ArrayList<>();
  }

  static final Order ORDER =
      new Order(
          1L << 60,
          "Zoë \"Z\" 😀",
          List.of(new Line(Kind.TEA, 2, new BigDecimal("3.10"))),
          Map.of("a", 1),
          Instant.parse("2026-11-28T22:00:00.123456Z"),
          LocalDate.of(2026, 11, 28),
          Duration.ofMinutes(90),
          Optional.of("soon"));

  abstract PayloadCodec codec();

  private String failure(String json, Class<?> type) {
    try {
      codec().decode(Payload.json(json), type);
      return "";
    } catch (InvalidInputException e) {
      assertThat(e).hasNoCause();
      return e.getMessage();
    }
  }

  @Test
  @DisplayName("reads what it has written")
  void roundTrip() {
    Payload payload = codec().encode(ORDER);
    assertThat(payload.mediaType()).isEqualTo(Payload.JSON);
    assertThat(payload.texts())
        .containsEntry("at", "2026-11-28T22:00:00.123456Z")
        .containsEntry("day", "2026-11-28")
        .containsEntry("within", "PT1H30M");
    assertThat(codec().decode(payload, Order.class)).isEqualTo(ORDER);
  }

  @Test
  @DisplayName("reads scalars, primitives and generic types")
  void types() throws Exception {
    assertThat(codec().decode(codec().encode(7), int.class)).isEqualTo(7);
    assertThat(codec().decode(codec().encode("x"), String.class)).isEqualTo("x");
    Type lines = Order.class.getRecordComponents()[2].getGenericType();
    assertThat(codec().decode(codec().encode(ORDER.lines()), lines)).isEqualTo(ORDER.lines());
  }

  @Test
  @DisplayName("ignores members that the class does not have")
  void unknownMember() {
    Payload line = Payload.json("{\"kind\": \"TEA\", \"amount\": 2, \"price\": 1, \"new\": {}}");
    assertThat(codec().decode(line, Line.class).amount()).isEqualTo(2);
  }

  @Test
  @DisplayName("refuses what does not fit, with the place and without the content")
  void misfits() {
    assertThat(
            failure(
                "{\"lines\": [{\"kind\": \"TEA\", \"amount\": \"secret\", \"price\": 1}]}",
                Order.class))
        .contains("cannot be read as " + Order.class.getTypeName() + " at lines[0].amount: ")
        .contains("fits int")
        .doesNotContain("secret");
    assertThat(failure("{\"kind\": \"secret\", \"amount\": 1, \"price\": 1}", Line.class))
        .contains(" at kind: there is no value that fits " + Kind.class.getTypeName())
        .doesNotContain("secret");
    assertThat(failure("{\"amount\": null}", Line.class)).contains(" at amount");
    assertThat(failure("{\"amount\": 0}", Positive.class))
        .contains("IllegalStateException")
        .doesNotContain("secret");
    assertThat(failure("null", Line.class)).contains("null in JSON");
    assertThat(failure("[1]", Line.class)).contains("cannot be read as");
  }

  @Test
  @DisplayName("refuses bytes that are no JSON, and a type that it cannot know")
  void noJson() {
    Payload bytes = Payload.of("image/x-dot", new byte[] {1, 2});
    assertThatThrownBy(() -> codec().decode(bytes, Line.class))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("image/x-dot, 2 bytes is no JSON");
    Type unknown = new Type() {};
    assertThatThrownBy(() -> codec().decode(Payload.json("1"), unknown))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no JSON can be read as");
  }

  @Test
  @DisplayName("refuses a value that cannot be written")
  void unwritable() {
    Loop loop = new Loop();
    loop.next.add(loop);
    assertThatThrownBy(() -> codec().encode(loop))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cannot be written as JSON at ")
        .hasMessageContaining("next[0].next[0]")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500));
    assertThatThrownBy(() -> codec().encode("half a pair: \ud83d"))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  @DisplayName("gives the handlers of a runner their values")
  void handlers(@TempDir Path folder) {
    WorkflowId workflow = new WorkflowId("orders");
    try (StateStore store = SqliteStateStore.open(folder.resolve("orders.db"));
        Runner runner =
            Runner.builder(store)
                .codec(codec())
                .logDirectory(folder.resolve("logs"))
                .handler("count", c -> c.setResult(c.input(Order.class).lines()))
                .handler("pay", c -> c.setResult(c.resultOf("count", Line[].class)[0].price()))
                .build()) {
      store.saveWorkflow(
          new NewWorkflow(
              workflow,
              """
              id: orders
              tasks:
                count: {uses: count}
                pay: {uses: pay, needs: count}
              """));
      ExecutionId id =
          runner.start(StartRequest.builder(workflow).input(codec().encode(ORDER)).build());
      assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
      assertThat(store.executionProgress(id).taskRuns())
          .filteredOn(item -> item.taskRun().taskId().equals(new TaskId("pay")))
          .singleElement()
          .satisfies(item -> assertThat(item.result()).isEqualTo(Payload.json("3.10")));
    }
  }
}
