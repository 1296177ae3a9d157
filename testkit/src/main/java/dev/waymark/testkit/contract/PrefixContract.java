package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.testkit.contract.base.ContractTest;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Look-ups of ids by prefix, with which a user can abbreviate an id.
 *
 * @since 0.1.0
 */
public abstract class PrefixContract extends ContractTest {
  private static final List<String> UUIDS =
      List.of(
          "00000000-0000-0000-0000-000000000000",
          "018f2d1c-7b5e-7cc4-9e3a-4f2b8a6d0c11",
          "018f2d1c-7b5e-7cc4-9e3a-4f2b8a6d0c12",
          "018f2d1c-7b5e-7cc4-ae3a-4f2b8a6d0c11",
          "018f2d1d-7b5e-7cc4-9e3a-4f2b8a6d0c11",
          "7fffffff-ffff-ffff-ffff-ffffffffffff",
          "80000000-0000-0000-0000-000000000000",
          "abcdef01-2345-6789-abcd-ef0123456789",
          "ffffffff-ffff-ffff-ffff-ffffffffffff");

  /** For backends that run this topic alone. */
  protected PrefixContract() {}

  private void save(String... names) {
    for (String name : names) {
      store.saveWorkflow(new NewWorkflow(new WorkflowId(name), "x"));
    }
  }

  private List<String> workflows(String prefix) {
    return store.idsStartingWith(RecordKind.WORKFLOW, prefix, 100);
  }

  private void createExecutions() {
    flow();
    for (int i = UUIDS.size() - 1; i >= 0; i--) {
      store.createExecution(new NewExecution(ExecutionId.of(UUIDS.get(i)), FLOW));
    }
  }

  private List<String> executions(String prefix) {
    return store.idsStartingWith(RecordKind.EXECUTION, prefix, 100);
  }

  @Test
  @DisplayName(
      "workflows: each id once, for any number of revisions, in the order of its characters")
  void workflowOrder() {
    save("ab", "a.b", "a-b", "a_b", "aB", "a0", "a", "A", "Ab", "b");
    store.saveWorkflow(new NewWorkflow(new WorkflowId("ab"), "second revision"));
    assertThat(workflows("a")).containsExactly("a", "a-b", "a.b", "a0", "aB", "a_b", "ab");
    assertThat(workflows(""))
        .containsExactly("A", "Ab", "a", "a-b", "a.b", "a0", "aB", "a_b", "ab", "b");
    assertThat(workflows("ab")).containsExactly("ab");
    assertThat(workflows("abc")).isEmpty();
  }

  @Test
  @DisplayName("workflows: upper and lower case differ")
  void workflowCase() {
    save("Nightly", "nightly", "NIGHTLY");
    assertThat(workflows("N")).containsExactly("NIGHTLY", "Nightly");
    assertThat(workflows("n")).containsExactly("nightly");
    assertThat(workflows("NIGHT")).containsExactly("NIGHTLY");
  }

  @Test
  @DisplayName("workflows: % _ * ? [ and backslash are literal")
  void wildcards() {
    save("a_b", "aXb", "a-b", "ab", "b");
    assertThat(workflows("a_")).containsExactly("a_b");
    for (String prefix :
        List.of(
            "%", "_", "a%", "%b", "*", "a*", "a?", "?", "[a]", "\\", "a\\_", "\\a", "a'", "a\"")) {
      assertThat(workflows(prefix)).as("prefix %s", prefix).isEmpty();
    }
    assertThat(workflows("\uD83D\uDE80")).isEmpty();
    assertThat(workflows("a\uFFFF")).isEmpty();
    assertThat(workflows(" a")).isEmpty();
  }

  @Test
  @DisplayName("executions: every length of prefix works, in order, as unsigned numbers")
  void executionPrefixes() {
    createExecutions();
    assertThat(executions("")).containsExactlyElementsOf(UUIDS);
    for (String uuid : UUIDS) {
      for (int length = 1; length <= 36; length++) {
        String prefix = uuid.substring(0, length);
        assertThat(executions(prefix))
            .as("prefix %s", prefix)
            .containsExactlyElementsOf(UUIDS.stream().filter(id -> id.startsWith(prefix)).toList());
      }
    }
  }

  @Test
  @DisplayName("executions: hexadecimal digits of either case")
  void executionCase() {
    createExecutions();
    for (String prefix :
        List.of("AB", "aB", "ABCDEF01-2345-6789-ABCD-EF0123456789", "FFFF", "018F2d1C-7B5e")) {
      String lower = prefix.toLowerCase(Locale.ROOT);
      assertThat(executions(prefix))
          .isNotEmpty()
          .containsExactlyElementsOf(UUIDS.stream().filter(id -> id.startsWith(lower)).toList());
    }
  }

  @Test
  @DisplayName("executions: a text that is no prefix of a UUID finds nothing")
  void noUuid() {
    createExecutions();
    for (String prefix :
        List.of(
            "-",
            "g",
            "zz",
            "0_",
            "%",
            "0%",
            "018f2d1c7",
            "018f2d1c--",
            " 0",
            "0 ",
            "'",
            "00000000-0000-0000-0000-0000000000000",
            "\u0660",
            "\uD83D\uDE80")) {
      assertThat(executions(prefix)).as("prefix %s", prefix).isEmpty();
    }
  }

  @Test
  @DisplayName("task runs: as executions, and the kinds are separate")
  void taskRuns() {
    createExecutions();
    ExecutionId execution = ExecutionId.of(UUIDS.get(0));
    for (String uuid : List.of(UUIDS.get(2), UUIDS.get(1), UUIDS.get(8))) {
      store.createTaskRun(
          new NewTaskRun(TaskRunId.of(uuid), execution, new TaskId("task-" + uuid)));
    }
    assertThat(store.idsStartingWith(RecordKind.TASK_RUN, "018F2D1C-", 10))
        .containsExactly(UUIDS.get(1), UUIDS.get(2));
    assertThat(store.idsStartingWith(RecordKind.TASK_RUN, "8", 10)).isEmpty();
    assertThat(store.idsStartingWith(RecordKind.TASK_RUN, "", 10)).hasSize(3);
    assertThat(store.idsStartingWith(RecordKind.WORKFLOW, "018f", 10)).isEmpty();
  }

  @Test
  @DisplayName("at most the requested number of ids, the first ones")
  void limit() {
    createExecutions();
    save("w1", "w2", "w3");
    assertThat(store.idsStartingWith(RecordKind.EXECUTION, "018f", 2))
        .containsExactly(UUIDS.get(1), UUIDS.get(2));
    assertThat(store.idsStartingWith(RecordKind.EXECUTION, "", 9)).hasSize(9);
    assertThat(store.idsStartingWith(RecordKind.WORKFLOW, "w", 1)).containsExactly("w1");
  }

  @Test
  @DisplayName("attempts have no ids of their own to look up")
  void attempts() {
    invalid(() -> store.idsStartingWith(RecordKind.ATTEMPT, "", 5), "attempt");
    invalid(() -> store.idsStartingWith(RecordKind.WORKER, "", 5), "worker");
    invalid(() -> store.idsStartingWith(RecordKind.POOL, "", 5), "pool");
  }
}
