package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.testkit.contract.base.ContractTest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Text is read as it was written, whatever its content. Text that no backend can keep is refused
 * before anything is stored.
 *
 * @since 0.1.0
 */
public abstract class TextContract extends ContractTest {

  /** For backends that run this topic alone. */
  protected TextContract() {}

  /** Text that has caused a failure in some store. */
  enum Hostile {
    EMOJI("\uD83D\uDE80\uD83D\uDC69\u200D\uD83D\uDE80 \uD83C\uDDE9\uD83C\uDDEA"),
    RIGHT_TO_LEFT(
        "\u05E9\u05DC\u05D5\u05DD \u202Eright to left\u202C \u0645\u0631\u062D\u0628\u0627"),
    COMBINING("e\u0301 is not \u00E9; \u1E9B\u0323, Z\u0351\u036B\u0343\u036A\u0302\u0310"),
    QUOTES("'single' \"double\" `back` ''twice'' \u201Ccurly\u201D"),
    BACKSLASHES("C:\\temp\\new \\u0041 \\' \\\\ \\"),
    JSON("{\"a\":[1, null,\t\"\\u0000\"],\"a\":2}"),
    YAML("- a: &x !!str\n  <<: *x\n...\n---\n"),
    SQL("'; DROP TABLE execution; -- /* \" OR 1=1 */"),
    PLACEHOLDERS("? ?? :name $1 @p %s %n {0} ${env} #{x} ||"),
    WILDCARDS("100%_done\\%\\_"),
    LAST_OF_THE_BASIC_PLANE("\uFFFF\uFFFE\uFFFD\uFDD0"),
    LAST_OF_ALL("\uDBFF\uDFFF\uDBFF\uDFFE"),
    CONTROL_CHARACTERS("\u0001\u0002\u0007\b\t\n\u000B\f\r\u001B[31m\u001F\u007F\u0080\u009F"),
    LINE_ENDS("a\nb\r\nc\rd\u0085e\u2028f\u2029g\n\n"),
    BLANKS("  \t leading and trailing \u00A0\u3000\u200B "),
    BYTE_ORDER_MARK("\uFEFFtext\uFEFF"),
    THE_WORD_NULL("null"),
    A_NUMBER("007.50e1"),
    LONG("\u00E4\uD83D\uDE80x".repeat(100));

    final String text;

    Hostile(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return name().replace('_', ' ').toLowerCase(Locale.ROOT);
    }
  }

  /** Text that no backend can keep. */
  enum Bad {
    NUL("\u0000"),
    NUL_INSIDE("a\u0000b"),
    NUL_AT_THE_END("ab\u0000"),
    HIGH_SURROGATE("\uD83D"),
    HIGH_SURROGATE_INSIDE("a\uD83Db"),
    LOW_SURROGATE("\uDE80"),
    LOW_SURROGATE_TWICE("\uDE80\uDE80"),
    LOW_SURROGATE_AFTER_A_PAIR("\uD83D\uDE80\uDE80"),
    PAIR_IN_THE_WRONG_ORDER("\uDE80\uD83D"),
    HIGH_SURROGATE_TWICE("\uD83D\uD83D\uDE80");

    final String text;

    Bad(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return name().replace('_', ' ').toLowerCase(Locale.ROOT);
    }
  }

  @ParameterizedTest(name = "({0})")
  @EnumSource
  @DisplayName("unusual text in a workflow is read back unchanged")
  void inWorkflows(Hostile hostile) {
    String text = hostile.text;
    NewWorkflow workflow = new NewWorkflow(FLOW, text, text, Map.of("a", text, "b", "x" + text));
    store.saveWorkflow(workflow);
    assertThat(stored(FLOW).definition()).isEqualTo(text);
    assertThat(stored(FLOW).description()).isEqualTo(text);
    assertThat(stored(FLOW).labels()).isEqualTo(Map.of("a", text, "b", "x" + text));
    assertThat(store.saveWorkflow(workflow).changed()).isFalse();
  }

  @ParameterizedTest(name = "({0})")
  @EnumSource
  @DisplayName("unusual text in an execution is read back unchanged and finds it")
  void inExecutions(Hostile hostile) {
    String text = hostile.text;
    ExecutionId id = ids.executionId();
    store.createExecution(
        new NewExecution(id, flow(), null, Map.of("a", text), Map.of("in", text)));
    execution();
    store.commit(changes().updateExecution(id, ExecutionState.CANCELLED, text).build());
    assertThat(stored(id).labels()).isEqualTo(Map.of("a", text));
    assertThat(stored(id).inputs()).isEqualTo(Map.of("in", text));
    assertThat(stored(id).error()).isEqualTo(text);
    ExecutionQuery query = ExecutionQuery.builder().label("a", text).build();
    assertThat(store.executions(query).items()).extracting(Execution::id).containsExactly(id);
    assertThat(store.executions(ExecutionQuery.builder().label(text, "a").build()).items())
        .isEmpty();
  }

  @ParameterizedTest(name = "({0})")
  @EnumSource
  @DisplayName("unusual text in an attempt is read back unchanged")
  void inAttempts(Hostile hostile) {
    AttemptId id =
        new AttemptId(taskRunIn(executionIn(ExecutionState.RUNNING), TaskRunState.RUNNING), 1);
    String worker = hostile == Hostile.LONG ? hostile.text.substring(0, 60) : hostile.text;
    store.recordAttempt(id.taskRunId(), worker);
    store.updateAttempt(id, AttemptState.FAILED, 1, hostile.text);
    assertThat(stored(id).worker()).isEqualTo(worker);
    assertThat(stored(id).error()).isEqualTo(hostile.text);
  }

  @ParameterizedTest(name = "({0})")
  @EnumSource
  @DisplayName("invalid text in a workflow is refused and nothing is stored")
  void badInWorkflows(Bad bad) {
    String text = bad.text;
    invalid(() -> store.saveWorkflow(new NewWorkflow(FLOW, text)));
    invalid(() -> store.saveWorkflow(new NewWorkflow(FLOW, "x", text, Map.of())));
    invalid(() -> store.saveWorkflow(new NewWorkflow(FLOW, "x", null, Map.of("a", text))));
    invalid(() -> store.saveWorkflow(new NewWorkflow(FLOW, "x", null, Map.of(text, "a"))));
    invalid(() -> new WorkflowId(text));
    assertThat(store.workflow(FLOW)).isNull();
  }

  @ParameterizedTest(name = "({0})")
  @EnumSource
  @DisplayName("invalid text in an execution is refused and nothing is stored")
  void badInExecutions(Bad bad) {
    String text = bad.text;
    ExecutionId existing = execution();
    ExecutionDetails before = details(existing);
    ExecutionId id = ids.executionId();
    invalid(
        () -> store.createExecution(new NewExecution(id, FLOW, null, Map.of("a", text), Map.of())));
    invalid(
        () -> store.createExecution(new NewExecution(id, FLOW, null, Map.of(text, "a"), Map.of())));
    invalid(
        () -> store.createExecution(new NewExecution(id, FLOW, null, Map.of(), Map.of("a", text))));
    invalid(
        () -> store.createExecution(new NewExecution(id, FLOW, null, Map.of(), Map.of(text, "a"))));
    invalid(
        () ->
            store.commit(
                changes().updateExecution(existing, ExecutionState.CANCELLED, text).build()));
    assertThat(store.execution(id)).isNull();
    assertThat(details(existing)).isEqualTo(before);
  }

  @ParameterizedTest(name = "({0})")
  @EnumSource
  @DisplayName("invalid text in an attempt is refused and nothing is stored")
  void badInAttempts(Bad bad) {
    AttemptId live = attempt();
    TaskRunId run = taskRunIn(stored(live.taskRunId()).executionId(), TaskRunState.RUNNING);
    ExecutionDetails before = details(run);
    invalid(() -> store.recordAttempt(run, bad.text));
    invalid(() -> store.updateAttempt(live, AttemptState.FAILED, 1, bad.text));
    assertThat(details(run)).isEqualTo(before);
  }

  @ParameterizedTest(name = "({0})")
  @EnumSource
  @DisplayName("invalid text in a query is refused")
  void badInQuestions(Bad bad) {
    invalid(() -> store.executions(ExecutionQuery.builder().label("a", bad.text).build()));
    invalid(() -> store.executions(ExecutionQuery.builder().label(bad.text, "a").build()));
    invalid(() -> store.idsStartingWith(RecordKind.WORKFLOW, bad.text, 5));
    invalid(() -> store.idsStartingWith(RecordKind.EXECUTION, bad.text, 5));
  }

  @Test
  @DisplayName("an empty text is different from a missing one")
  void emptyIsNotNull() {
    store.saveWorkflow(new NewWorkflow(FLOW, "", null, Map.of()));
    assertThat(stored(FLOW).definition()).isEmpty();
    assertThat(stored(FLOW).description()).isNull();
    assertThat(store.saveWorkflow(new NewWorkflow(FLOW, "", "", Map.of())).version()).isEqualTo(2);
    assertThat(stored(FLOW).description()).isEmpty();

    ExecutionId id = ids.executionId();
    store.createExecution(new NewExecution(id, FLOW, null, Map.of("a", ""), Map.of("b", "")));
    assertThat(stored(id).labels()).isEqualTo(Map.of("a", ""));
    assertThat(stored(id).inputs()).isEqualTo(Map.of("b", ""));
    assertThat(stored(id).error()).isNull();
    store.commit(changes().updateExecution(id, ExecutionState.CANCELLED, "").build());
    assertThat(stored(id).error()).isEmpty();

    AttemptId silent = attemptIn(AttemptState.FAILED);
    assertThat(stored(silent).error()).isNull();
    store.recordAttempt(silent.taskRunId(), "w");
    AttemptId empty = new AttemptId(silent.taskRunId(), 2);
    store.updateAttempt(empty, AttemptState.FAILED, "");
    assertThat(stored(empty).error()).isEmpty();
  }

  @Test
  @DisplayName("the name of a worker is not empty")
  void workerHasName() {
    TaskRunId run = taskRun(execution());
    invalid(() -> store.recordAttempt(run, ""), "worker");
    assertThat(store.attempts(run)).isEmpty();
  }

  @Test
  @DisplayName("names of labels and inputs must have a valid form")
  void names() {
    flow();
    ExecutionId id = ids.executionId();
    for (String name :
        List.of("", " ", "a b", "-a", ".a", "\u00E4", "a=b", "a\n", "a".repeat(64))) {
      invalid(
          () ->
              store.createExecution(new NewExecution(id, FLOW, null, Map.of(name, "x"), Map.of())),
          "label name");
      invalid(
          () -> store.saveWorkflow(new NewWorkflow(FLOW, "y", null, Map.of(name, "x"))),
          "label name");
    }
    for (String name : List.of("", "a b", "1a", "-a", "a.b", "\u00E4", "a".repeat(64))) {
      invalid(
          () ->
              store.createExecution(new NewExecution(id, FLOW, null, Map.of(), Map.of(name, "x"))),
          "input name");
    }
    assertThat(store.execution(id)).isNull();
    assertThat(stored(FLOW).revision()).isEqualTo(1);
    Map<String, String> labels = Map.of("a".repeat(63), "x", "0", "y", "a.b/c_d-e", "z");
    Map<String, String> inputs = Map.of("a".repeat(63), "x", "_", "y", "A_b-1", "z");
    store.createExecution(new NewExecution(id, FLOW, null, labels, inputs));
    assertThat(stored(id).labels()).isEqualTo(labels);
    assertThat(stored(id).inputs()).isEqualTo(inputs);
  }
}
