package dev.waymark.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.store.ClaimRequest;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A task id")
class TaskIdTest {
  private static final TaskId CALL = new TaskId("call-model");

  @ParameterizedTest
  @CsvSource({
    "call-model, call-model, 1",
    "call-model#2, call-model, 2",
    "a.b_c#10, a.b_c, 10",
    "0#999999, 0, 999999",
    "a#1000000, a, 1000000",
  })
  @DisplayName("has a task and the number of an iteration")
  void parts(String value, String task, int iteration) {
    TaskId id = new TaskId(value);
    assertThat(id.task()).isEqualTo(new TaskId(task));
    assertThat(id.iteration()).isEqualTo(iteration);
    assertThat(id.task().iteration(iteration)).isEqualTo(id);
    assertThat(id).hasToString(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a#",
        "a#0",
        "a#1",
        "a#02",
        "a#-2",
        "a#+2",
        "a#1000001",
        "a#9999999",
        "a#99999999999",
        "a#2#3",
        "a##2",
        "#2",
        "a#x",
        "a #2",
        "a#2 ",
        "a#2\n",
        "a#\u0662",
        "",
        "-a"
      })
  @DisplayName("has no other form of a number")
  void otherForms(String value) {
    assertThatThrownBy(() -> new TaskId(value))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("task id")
        .hasMessageContaining("is not valid; use 1 to 128 letters");
  }

  @Test
  @DisplayName("names the allowed numbers when the number is wrong")
  void message() {
    assertThatThrownBy(() -> new TaskId("a#1"))
        .hasMessage(
            "task id \"a#1\" is not valid; use 1 to 128 letters, digits, '.', '_' or '-', beginning"
                + " with a letter or digit; after '#' use the number of an iteration from 2 to"
                + " 1000000, without leading zeros");
  }

  @Test
  @DisplayName("has a name of 128 characters beside the number")
  void length() {
    String longest = "a".repeat(128);
    assertThat(new TaskId(longest).again().value()).isEqualTo(longest + "#2");
    assertThatThrownBy(() -> new TaskId(longest + "a#2")).isInstanceOf(InvalidInputException.class);
  }

  @Test
  @DisplayName("counts its iterations from 1")
  void again() {
    assertThat(CALL.again()).isEqualTo(new TaskId("call-model#2"));
    assertThat(CALL.again().again()).isEqualTo(new TaskId("call-model#3"));
    assertThat(CALL.iteration(7).iteration(1)).isEqualTo(CALL);
  }

  @Test
  @DisplayName("has no iteration beyond the greatest number")
  void last() {
    TaskId last = CALL.iteration(TaskId.MAX_ITERATION);
    assertThatThrownBy(last::again)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("the number of an iteration of task call-model is 1000001; use 1 to 1000000");
    assertThatThrownBy(() -> CALL.iteration(0)).hasMessageContaining("is 0; use 1 to 1000000");
  }

  @Test
  @DisplayName("does not make a name of a pool with a number valid")
  void pools() {
    assertThatThrownBy(() -> new ClaimRequest("w", 1, Duration.ofSeconds(1), Set.of("a#2")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("pool \"a#2\" is not a valid name");
  }
}
