package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadCodec;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.api.TaskHandler;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Payloads as inputs of executions and results of tasks. */
@DisplayName("A payload of a workflow")
class HandlerPayloadTest extends HandlerFixture {
  private static final Payload ORDER =
      Payload.json("{\"day\": \"today\",  \"lines\": [1, 2], \"odd name\": 1}");

  /** Numbers as text, with a media type of its own. */
  private static final PayloadCodec NUMBERS =
      new PayloadCodec() {
        @Override
        public Payload encode(Object value) {
          return Payload.of("text/x-number", value.toString().getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Object decode(Payload payload, Type type) {
          return Integer.valueOf(payload.text());
        }
      };

  private StartRequest.Builder request(Flows.Flow flow, Payload input) {
    return StartRequest.builder(flow.save(store)).input(input).directory(folder);
  }

  private Payload result(ExecutionId id, int task) {
    ExecutionProgress progress = store.executionProgress(id);
    return progress.taskRuns().get(task).result();
  }

  @Test
  @DisplayName("reaches a handler as it was given, and its members are inputs")
  void input() {
    AtomicReference<Payload> input = new AtomicReference<>();
    AtomicReference<Map<String, String>> inputs = new AtomicReference<>();
    TaskHandler handler =
        context -> {
          input.set(context.input());
          inputs.set(context.inputs());
        };
    ExecutionId id =
        runner().start(request(one().input("day", "").input("limit", "10"), ORDER).build());
    assertThat(with(handler).run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(store.execution(id).input()).isEqualTo(ORDER);
    assertThat(input.get()).isEqualTo(ORDER);
    assertThat(inputs.get())
        .isEqualTo(Map.of("day", "today", "limit", "10", "lines", "[1, 2]", "odd name", "1"));
  }

  @Test
  @DisplayName("of any media type is a result, which the next handler gets as it is")
  void anyType() {
    Payload bytes = Payload.of("image/x-dot", new byte[] {0, (byte) 0xff, 7});
    AtomicReference<Payload> received = new AtomicReference<>();
    Runner runner =
        runner(
            builder()
                .handler("draw", context -> context.setResult(context.input()))
                .handler("look", context -> received.set(context.resultOf("a"))));
    Flows.Flow flow = flow("flow").task("a", "").uses("draw").task("b", "", "a").uses("look");
    ExecutionId id = runner.start(request(flow, bytes).build());
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(received.get()).isEqualTo(bytes);
    assertThat(result(id, 0)).isEqualTo(bytes);
    assertThat(result(id, 1)).isNull();
  }

  @Test
  @DisplayName("is mapped by the codec of the runner")
  void codec() {
    Runner runner =
        runner(
            builder()
                .codec(NUMBERS)
                .handler("double", context -> context.setResult(2 * context.input(int.class)))
                .handler(
                    "add", context -> context.setResult(1 + context.resultOf("a", Integer.class))));
    Flows.Flow flow = flow("flow").task("a", "").uses("double").task("b", "", "a").uses("add");
    ExecutionId id = runner.start(request(flow, NUMBERS.encode(20)).build());
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(result(id, 1)).isEqualTo(NUMBERS.encode(41));
  }

  @Test
  @DisplayName("that is a JSON object is outputs for a shell")
  void outputsOfHandler() {
    Payload report = Payload.json("{\"rows\": 42, \"odd name\": 1, \"parts\": [\"x\"]}");
    Flows.Flow flow =
        one().task("b", "echo \"$OUTPUT_A_ROWS $OUTPUT_A_PARTS\" > out; env > env", "a");
    ExecutionId id = start(flow);
    assertThat(with(context -> context.setResult(report)).run(id))
        .isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(lines("out")).containsExactly("42 [\"x\"]");
    assertThat(read("env")).doesNotContain("OUTPUT_A_ODD");
  }

  @Test
  @DisplayName("reaches a shell: values by name, and a value with a NUL character in a file")
  void inputOfShell() {
    Flows.Flow flow =
        flow("flow")
            .input("day", "")
            .input("limit", "10")
            .task(
                "a",
                """
                echo "$INPUT_DAY $INPUT_LIMIT $INPUT_N" > out
                test "${INPUT_ZERO-unset}" = unset
                wc -c < "$WAYMARK_VALUES/INPUT_ZERO" > size
                """);
    Payload input = Payload.json("{\"day\": \"today\", \"n\": 7, \"zero\": \"a\\u0000b\"}");
    ExecutionId id = runner().start(request(flow, input).build());
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(lines("out")).containsExactly("today 10 7");
    assertThat(read("size").strip()).isEqualTo("3");
  }

  @Test
  @DisplayName("is refused when a required input is not a member, or with inputs by name")
  void refusedInput() {
    Flows.Flow flow = one().input("day", null);
    assertThatThrownBy(() -> runner().start(request(flow, Payload.json("[1]")).build()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("input \"day\" of workflow \"flow\" has no default");
    assertThatThrownBy(() -> request(flow, ORDER).inputs(Map.of("day", "x")).build())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("both inputs (day) and a payload");
  }

  @Test
  @DisplayName("is part of a start that is repeated by its key, and of a rerun")
  void repeated() {
    Flows.Flow flow = one();
    StartRequest request = request(flow, ORDER).idempotencyKey("one").build();
    ExecutionId id = runner().start(request);
    assertThat(runner().start(request)).isEqualTo(id);
    StartRequest other = request.toBuilder().input(Payload.json("{}")).build();
    assertThatThrownBy(() -> runner().start(other)).isInstanceOf(ConflictException.class);
    ExecutionId again = runner().start(StartRequest.rerun(store.execution(id), false).build());
    assertThat(store.execution(again).input()).isEqualTo(ORDER);
  }

  @Test
  @DisplayName("fails the attempt with the reason when there is no codec, input, need or result")
  void missing() {
    assertFails(context -> context.setResult(7), "this worker has no codec");
    assertFails(context -> context.input(String.class), "has no input; start it with one");
    assertFails(context -> context.resultOf("b"), "task a does not need task \"b\"");
    assertFails(
        context -> {
          context.output("rows", "1");
          context.setResult(Payload.json("1"));
        },
        "attempt 1 of task a has outputs already");
    assertFails(
        context -> {
          context.setResult(Payload.json("1"));
          context.output("rows", "1");
        },
        "attempt 1 of task a has a result already");
    assertFails(
        context -> context.setResult(Payload.of("text/plain", new byte[70_000])),
        "70000 bytes; the limit maxOutputBytes is 65536");
  }

  private void assertFails(TaskHandler handler, String reason) {
    ExecutionId id = start(one());
    assertThat(with(handler).run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(errorOfAttempt(id)).contains(reason);
  }
}
