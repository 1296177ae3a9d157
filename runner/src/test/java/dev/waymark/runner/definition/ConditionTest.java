package dev.waymark.runner.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.runner.definition.Condition.Kind;
import dev.waymark.runner.definition.Condition.Need;
import dev.waymark.runner.definition.Condition.OutputTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The values of {@code if}. */
@DisplayName("A condition")
final class ConditionTest {
  private static final String ALLOWED =
      "write success(), failure(), always(), needs.TASK.outputs.NAME == 'text' or the same with !=, joined by &&";

  @Test
  @DisplayName("is one of three functions, comparisons of outputs, or both")
  void parses() {
    assertThat(Condition.parse("success()")).isEqualTo(Condition.SUCCESS);
    assertThat(Condition.parse("failure()")).isEqualTo(new Condition(Kind.FAILURE, List.of()));
    assertThat(Condition.parse("always()")).isEqualTo(new Condition(Kind.ALWAYS, List.of()));
    assertThat(
            Condition.parse(
                "needs.a.outputs.rows != '0' && always()&&needs.b.c-d_e.outputs._x-1=='it''s'"))
        .isEqualTo(
            new Condition(
                Kind.ALWAYS,
                List.of(test("a", "rows", false, "0"), test("b.c-d_e", "_x-1", true, "it's"))));
  }

  @Test
  @DisplayName("implies success() if it has none of the three functions")
  void impliesSuccess() {
    assertThat(Condition.parse("needs.a.outputs.b == 'c'"))
        .isEqualTo(new Condition(Kind.SUCCESS, List.of(test("a", "b", true, "c"))));
  }

  @Test
  @DisplayName("may have the braces of GitHub Actions, with any spaces and line breaks")
  void unwraps() {
    Condition condition = Condition.parse("needs.a.outputs.b == '}}' && failure()");
    assertThat(Condition.parse("${{needs.a.outputs.b == '}}' && failure()}}")).isEqualTo(condition);
    assertThat(Condition.parse(" ${{\n needs.a.outputs.b\t==\r\n'}}'\n  &&\n  failure()\n }}\n"))
        .isEqualTo(condition);
  }

  @Test
  @DisplayName("may compare with any text, in which a doubled quote means one quote")
  void parsesTexts() {
    assertThat(text("''")).isEmpty();
    assertThat(text("''''")).isEqualTo("'");
    assertThat(text("'a'''")).isEqualTo("a'");
    assertThat(text("'''a'")).isEqualTo("'a");
    assertThat(text("' && always() == \"\n é😀\\ '")).isEqualTo(" && always() == \"\n é😀\\ ");
  }

  @Test
  @DisplayName("splits at the last \".outputs.\", because the id of a task may contain it")
  void takesTheLastOutputs() {
    assertThat(Condition.parse("needs.a.outputs.b.outputs.c == ''").tests())
        .containsExactly(test("a.outputs.b", "c", true, ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "success()",
        "failure()",
        "always() && needs.a.outputs.b == 'it''s'",
        "success() && needs.a.outputs.b == '' && needs.a.outputs.b != '&&'"
      })
  @DisplayName("has a complete text form that is read as the same condition")
  void saysItself(String text) {
    assertThat(Condition.parse(text)).hasToString(text);
    assertThat(Condition.parse("${{ " + text.replace("success() && ", "") + " }}"))
        .isEqualTo(Condition.parse(text));
  }

  @Test
  @DisplayName("is refused with what was found and what is allowed")
  void refuses() {
    refused("", "the condition has nothing where a term is expected; " + ALLOWED);
    refused("${{ }}", "the condition has nothing where a term is expected; " + ALLOWED);
    refused("always() &&", "the condition has nothing where a term is expected; " + ALLOWED);
    refused("success", "the condition has \"success\" where a term is expected; " + ALLOWED);
    refused("true", "the condition has \"true\" where a term is expected; " + ALLOWED);
    refused("!success()", "the condition has \"!success()\" where a term is expected; " + ALLOWED);
    refused("(always())", "the condition has \"(always())\" where a term is expected; " + ALLOWED);
    refused(
        "inputs.day == 'today'",
        "the condition has \"inputs.day\" where a term is expected; " + ALLOWED);
    refused(
        "failure() || always()", "the condition has \"||\" where only && could follow; " + ALLOWED);
    refused(
        "needs.a.outputs.b == 'c' 'd'",
        "the condition has \"'d'\" where only && could follow; " + ALLOWED);
    refused("always() }}", "the condition has \"}}\" where only && could follow; " + ALLOWED);
    refused("${{ always()", "the condition begins with ${{ and does not end with }}; close it");
  }

  @Test
  @DisplayName("is refused for an unknown function, or more than one")
  void refusesFunctions() {
    refused(
        "sucess()",
        "the condition calls the unknown function \"sucess()\"; did you mean success()?");
    refused(
        "Failed()",
        "the condition calls the unknown function \"Failed()\"; did you mean failure()?");
    refused(
        "cancelled()",
        "the condition calls the unknown function \"cancelled()\"; there are success(), failure() and always()");
    refused(
        "always() && failure()",
        "the condition has more than one of success(), failure() and always(); keep one of them");
  }

  @Test
  @DisplayName("is refused for an invalid comparison")
  void refusesComparisons() {
    refused(
        "needs.a.result == 'success'",
        "the condition has \"needs.a.result\", which is no output; write needs.TASK.outputs.NAME");
    refused(
        "needs.a.outputs.b",
        "the condition has nothing after \"needs.a.outputs.b\"; compare an output by == 'text' or != 'text'");
    refused(
        "needs.a.outputs.b > '5'",
        "the condition has \">\" after \"needs.a.outputs.b\"; compare an output by == 'text' or != 'text'");
    refused(
        "needs.a.outputs.b == 5",
        "the condition compares \"needs.a.outputs.b\" with \"5\"; put the text in single quotes, with '' for a quote in it");
    refused(
        "needs.a.outputs.b == \"c d\"",
        "the condition compares \"needs.a.outputs.b\" with \"\"c d\"\"; put the text in single quotes, with '' for a quote in it");
    refused(
        "needs.a.outputs.b ==",
        "the condition compares \"needs.a.outputs.b\" with nothing; put the text in single quotes, with '' for a quote in it");
    refused(
        "needs.a.outputs.b == 'c''",
        "the condition has a text that is not closed; end it with a single quote; where it has \" #\", put the condition in double quotes, or YAML takes the rest for a comment");
  }

  @Test
  @DisplayName("is refused for names that no task and no output can have")
  void refusesNames() {
    refused(
        "needs.a.outputs.1b == 'c'",
        "the output name \"1b\" is not valid; use 1 to 63 letters, digits, '_' or '-', beginning with a letter or '_'");
    refused(
        "needs.-a.outputs.b == 'c'",
        "task id \"-a\" is not valid; use 1 to 128 letters, digits, '.', '_' or '-', beginning with a letter or digit");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> test("a", "b.c", true, ""));
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> test("a", "b", true, "\ud800"));
  }

  @Test
  @Timeout(20)
  @DisplayName("may be as long as a file, and is read without a deep stack")
  void readsLongOnes() {
    int many = 100_000;
    String term = "needs.a.outputs.b != '" + "''".repeat(many) + "'";
    assertThat(Condition.parse(term).tests().get(0).text()).hasSize(many);
    assertThat(Condition.parse("always()" + " && needs.a.outputs.b != ''".repeat(many)).tests())
        .hasSize(many);
    refused(
        " ".repeat(many) + "x".repeat(many),
        "the condition has \"" + "x".repeat(40) + "…\" where a term is expected; " + ALLOWED);
  }

  @Test
  @DisplayName("success() is true when all needs have succeeded, and without needs")
  void holdsOnSuccess() {
    Condition success = Condition.SUCCESS;
    assertThat(success.holds(List.of())).isTrue();
    assertThat(success.holds(needs(TaskRunState.SUCCEEDED, TaskRunState.SUCCEEDED))).isTrue();
    assertThat(success.holds(needs(TaskRunState.SUCCEEDED, TaskRunState.FAILED))).isFalse();
    assertThat(success.holds(needs(TaskRunState.SKIPPED))).isFalse();
    assertThat(success.holds(needs(TaskRunState.CANCELLED))).isFalse();
  }

  @Test
  @DisplayName("failure() is true when at least one need has failed, and not when it was skipped")
  void holdsOnFailure() {
    Condition failure = Condition.parse("failure()");
    assertThat(failure.holds(List.of())).isFalse();
    assertThat(failure.holds(needs(TaskRunState.SUCCEEDED, TaskRunState.FAILED))).isTrue();
    assertThat(failure.holds(needs(TaskRunState.SUCCEEDED, TaskRunState.SKIPPED))).isFalse();
    assertThat(failure.holds(needs(TaskRunState.CANCELLED))).isFalse();
  }

  @Test
  @DisplayName("always() is true for any end of the needs")
  void holdsAlways() {
    Condition always = Condition.parse("always()");
    for (TaskRunState state : TaskRunState.values()) {
      assertThat(always.holds(needs(state))).isEqualTo(true);
    }
  }

  @Test
  @DisplayName("is true only when each of its comparisons is, with a missing output as empty text")
  void holdsByOutputs() {
    List<Need> needs =
        List.of(
            new Need(new TaskId("a"), TaskRunState.SUCCEEDED, Map.of("rows", "42")),
            new Need(new TaskId("b"), TaskRunState.FAILED, Map.of()));
    assertThat(Condition.parse("always() && needs.a.outputs.rows == '42'").holds(needs)).isTrue();
    assertThat(Condition.parse("always() && needs.a.outputs.rows != '42'").holds(needs)).isFalse();
    assertThat(Condition.parse("always() && needs.a.outputs.rows == '42 '").holds(needs)).isFalse();
    assertThat(Condition.parse("always() && needs.a.outputs.Rows == ''").holds(needs)).isTrue();
    assertThat(Condition.parse("failure() && needs.b.outputs.rows == ''").holds(needs)).isTrue();
    assertThat(Condition.parse("failure() && needs.b.outputs.rows != ''").holds(needs)).isFalse();
    assertThat(
            Condition.parse("always() && needs.a.outputs.rows != '0' && needs.b.outputs.x == 'y'")
                .holds(needs))
        .isFalse();
    assertThat(Condition.parse("needs.a.outputs.rows == '42'").holds(needs)).isFalse();
  }

  private static OutputTest test(String task, String output, boolean equal, String text) {
    return new OutputTest(new TaskId(task), output, equal, text);
  }

  private static String text(String quoted) {
    return Condition.parse("needs.a.outputs.b == " + quoted).tests().get(0).text();
  }

  private static List<Need> needs(TaskRunState... states) {
    return List.of(states).stream()
        .map(state -> new Need(new TaskId("t" + state.ordinal()), state, Map.of()))
        .toList();
  }

  private static void refused(String text, String message) {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> Condition.parse(text))
        .withMessage(message);
  }
}
