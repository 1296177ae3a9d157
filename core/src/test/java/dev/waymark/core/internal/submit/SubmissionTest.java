package dev.waymark.core.internal.submit;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.internal.decide.Footprint;
import dev.waymark.core.internal.decide.TaskKey;
import dev.waymark.core.internal.submit.Submission.PreparedExecution;
import dev.waymark.core.internal.submit.Submission.PreparedWorkflow;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.LogChange;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A submission")
class SubmissionTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123456789Z");
  private static final WorkflowId FLOW = new WorkflowId("flow");
  private static final ExecutionId EXECUTION = new ExecutionId(new UUID(1, 1));
  private static final TaskRunId RUN = new TaskRunId(new UUID(2, 2));
  private static final Limits LIMITS =
      Limits.builder()
          .maxDefinitionBytes(10)
          .maxLabels(2)
          .maxLabelValueBytes(4)
          .maxInputBytes(6)
          .maxChanges(7)
          .build();

  private static ChangeSet set(Change... changes) {
    return new ChangeSet(new CommitId(new UUID(3, 3)), List.of(changes));
  }

  private static Submission of(Change... changes) {
    return Submission.of(set(changes), NOW, LIMITS);
  }

  private static void assertInvalid(Change change, String... words) {
    assertThatThrownBy(() -> of(change))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(words);
  }

  private static Change save(String definition, Map<String, String> labels) {
    return new Change.SaveWorkflow(new NewWorkflow(FLOW, definition, null, labels));
  }

  private static String contentHash(
      String definition, String description, Map<String, String> labels) {
    NewWorkflow workflow = new NewWorkflow(FLOW, definition, description, labels);
    return ((PreparedWorkflow) of(new Change.SaveWorkflow(workflow)).prepared().get(0))
        .workflow()
        .contentHash();
  }

  private static String requestHash(NewExecution execution) {
    return ((PreparedExecution) of(new Change.CreateExecution(execution)).prepared().get(0))
        .requestHash();
  }

  @Test
  @DisplayName("has its time to the microsecond")
  void time() {
    Submission submission = of(save("x", Map.of()));
    assertThat(submission.at()).isEqualTo(Instant.parse("2026-03-01T12:00:00.123456Z"));
    assertThat(((PreparedWorkflow) submission.prepared().get(0)).workflow().createdAt())
        .isEqualTo(submission.at());
  }

  @Test
  @DisplayName("prepares the records to create and counts the bytes of its text")
  void prepares() {
    Submission submission =
        of(
            save("12345", Map.of("a", "\u00E4")),
            new Change.CreateExecution(
                new NewExecution(EXECUTION, FLOW, null, Map.of("a", "1"), Map.of("b", "22"))),
            new Change.UpdateExecution(EXECUTION, ExecutionState.CANCELLED, null, "four"),
            new Change.CreateTaskRun(new NewTaskRun(RUN, EXECUTION, new TaskId("t"))),
            new Change.RecordAttempt(RUN, "me"),
            new Change.UpdateAttempt(new AttemptId(RUN, 1), AttemptState.FAILED, 1, "x"));
    assertThat(submission.prepared().subList(2, 6)).containsOnlyNulls();
    assertThat(submission.prepared().subList(0, 2)).doesNotContainNull();
    assertThat(submission.bytes()).isEqualTo(5 + 2 + 1 + 3 + 4 + 2 + 1);
  }

  @Test
  @DisplayName("counts the bytes of every text and log that queue and group hold")
  void bytesOfEachKind() {
    AttemptId attempt = new AttemptId(RUN, 1);
    UUID life = new UUID(4, 4);
    Map<String, String> texts = Map.of("ab", "\u00E4", "c", "123");
    NewWorkflow workflow = new NewWorkflow(FLOW, "12345", "\u00E4b", Map.of("a", "1", "b", "22"));
    NewExecution execution =
        new NewExecution(EXECUTION, FLOW, null, Map.of("a", "1234"), Map.of("b", "22", "c", "3"));
    assertThat(bytes(new Change.SaveWorkflow(workflow))).isEqualTo(5 + 3 + 1 + 2);
    assertThat(bytes(new Change.CreateExecution(execution))).isEqualTo(4 + 3 + 2);
    assertThat(bytes(new Change.UpdateExecution(EXECUTION, ExecutionState.FAILED, null, "abc")))
        .isEqualTo(3);
    assertThat(bytes(new Change.RecordAttempt(RUN, "me"))).isEqualTo(2);
    assertThat(bytes(new Change.UpdateAttempt(attempt, AttemptState.FAILED, 1, "abc")))
        .isEqualTo(3);
    assertThat(bytes(new Change.LoseAttempt(attempt, "gone"))).isEqualTo(4);
    assertThat(bytes(new Change.SetPayload(PayloadRef.resultOf(RUN), 1, Payload.ofTexts(texts))))
        .isEqualTo(4 + 4);
    assertThat(bytes(new LogChange.Append(attempt, 100, new byte[9]))).isEqualTo(9);
    assertThat(bytes(new Change.KeepWorker("me", life, Duration.ofSeconds(1), texts)))
        .isEqualTo(2 + 4 + 4);
    assertThat(bytes(new Change.RetireWorker("me", life))).isEqualTo(2);
  }

  /** The bytes of a change, which must be counted as often as the change is in a change set. */
  private static long bytes(Change change) {
    Submission twice = of(change, change);
    assertThat(twice.bytes()).isEqualTo(2 * of(change).bytes());
    return of(change).bytes();
  }

  @Test
  @DisplayName("has no bytes for changes without text")
  void noBytes() {
    AttemptId attempt = new AttemptId(RUN, 1);
    assertThat(bytes(new Change.UpdateExecution(EXECUTION, ExecutionState.FAILED, null, null)))
        .isZero();
    assertThat(bytes(new Change.LoseAttempt(attempt, null))).isZero();
    assertThat(bytes(new Change.UpdateTaskRun(RUN, TaskRunState.RUNNING, 1L, 1))).isZero();
    assertThat(bytes(new Change.SetPool("gpu", 1))).isZero();
  }

  @Test
  @DisplayName("exactly at a limit is accepted, and one more is refused")
  void borders() {
    AttemptId attempt = new AttemptId(RUN, 1);
    UUID life = new UUID(4, 4);
    Limits small =
        Limits.builder()
            .maxDefinitionBytes(5)
            .maxDescriptionBytes(5)
            .maxLabels(1)
            .maxLabelValueBytes(5)
            .maxInputBytes(5)
            .maxErrorBytes(5)
            .maxWorkerBytes(5)
            .maxInfoBytes(5)
            .maxOutputBytes(5)
            .maxLogBytes(10)
            .maxLogChunkBytes(5)
            .build();
    Map<String, Function<String, Change>> kinds =
        Map.ofEntries(
            entry("maxDefinitionBytes", text -> save(text, Map.of())),
            entry(
                "maxDescriptionBytes",
                text -> new Change.SaveWorkflow(new NewWorkflow(FLOW, "x", text, Map.of()))),
            entry("maxLabelValueBytes", text -> save("x", Map.of("a", text))),
            entry(
                "maxInputBytes",
                text ->
                    new Change.CreateExecution(
                        new NewExecution(
                            EXECUTION, FLOW, 1, Map.of(), Map.of("a", text.substring(1))))),
            entry(
                "maxErrorBytes",
                text -> new Change.UpdateExecution(EXECUTION, ExecutionState.FAILED, null, text)),
            entry("maxWorkerBytes", text -> new Change.RecordAttempt(RUN, text)),
            entry(
                "maxInfoBytes",
                text ->
                    new Change.KeepWorker(
                        "w", life, Duration.ofSeconds(1), Map.of("a", text.substring(1)))),
            entry(
                "maxOutputBytes",
                text ->
                    new Change.SetPayload(
                        PayloadRef.resultOf(RUN),
                        null,
                        Payload.ofTexts(Map.of("a", text.substring(1))))),
            entry("maxLogChunkBytes", text -> new LogChange.Append(attempt, 0, Text.utf8(text))),
            entry(
                "maxLogBytes",
                text -> new LogChange.Append(attempt, text.length(), new byte[] {1, 2, 3, 4, 5})));
    kinds.forEach(
        (limit, kind) -> {
          Submission.of(set(kind.apply("12345")), NOW, small);
          assertOver(limit, kind.apply("123456"), small);
        });
    assertOver("maxErrorBytes", new Change.LoseAttempt(attempt, "123456"), small);
    assertOver(
        "maxErrorBytes",
        new Change.UpdateAttempt(attempt, AttemptState.FAILED, null, "123456"),
        small);
    assertOver("maxWorkerBytes", new Change.RetireWorker("123456", life), small);
    assertOver(
        "maxWorkerBytes",
        new Change.KeepWorker("123456", life, Duration.ofSeconds(1), Map.of()),
        small);
    Submission.of(set(save("x", Map.of("a", "1"))), NOW, small);
    assertOver("maxLabels", save("x", Map.of("a", "1", "b", "2")), small);
    assertOver("maxLogBytes", new LogChange.Append(attempt, Long.MAX_VALUE, new byte[] {1}), small);
    of(Collections.nCopies(7, save("x", Map.of())).toArray(Change[]::new));
  }

  private static void assertOver(String limit, Change change, Limits limits) {
    assertThatThrownBy(() -> Submission.of(set(change), NOW, limits))
        .as(limit)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(" are over the limit " + limit + " of ");
  }

  @Test
  @DisplayName("over a limit is refused with what was found, and the name and value of the limit")
  void limits() {
    assertInvalid(
        save("12345678901", Map.of()),
        "11 bytes of the definition of workflow flow",
        "maxDefinitionBytes of 10");
    assertInvalid(
        save("x", Map.of("a", "1", "b", "2", "c", "3")),
        "3 labels of workflow flow",
        "maxLabels of 2");
    assertInvalid(
        save("x", Map.of("a", "12345")),
        "5 bytes of the label \"a\" of workflow flow",
        "maxLabelValueBytes of 4");
    assertInvalid(
        new Change.CreateExecution(
            new NewExecution(EXECUTION, FLOW, null, Map.of(), Map.of("ab", "12345"))),
        "7 bytes of the input of execution " + EXECUTION,
        "maxInputBytes of 6");
    assertInvalid(
        new Change.UpdateExecution(EXECUTION, ExecutionState.FAILED, null, "x".repeat(16_385)),
        "16,385 bytes",
        "maxErrorBytes of 16,384");
    assertThatThrownBy(() -> of(Collections.nCopies(8, save("x", Map.of())).toArray(Change[]::new)))
        .hasMessageContainingAll("8 changes", "maxChanges of 7");
  }

  @Test
  @DisplayName("of a revision below 1 is refused")
  void revision() {
    assertInvalid(
        new Change.CreateExecution(new NewExecution(EXECUTION, FLOW, 0, Map.of(), Map.of())),
        "revision 0",
        "from 1");
  }

  @Test
  @DisplayName("with an invalid name or value of a label or an input is refused")
  void names() {
    assertInvalid(save("x", Map.of("a b", "1")), "label name \"a b\"", "is not valid");
    assertInvalid(save("x", Map.of("a", "\uD83D")), "label \"a\"", "lone surrogate");
    assertThatThrownBy(() -> new NewExecution(EXECUTION, FLOW, null, Map.of(), Map.of("1", "x")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("input name \"1\"");
    assertThatThrownBy(
            () -> new NewExecution(EXECUTION, FLOW, null, Map.of(), Map.of("a", "\u0000")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("input \"a\"", "NUL");
  }

  @Test
  @DisplayName("distinguishes contents that differ only in the borders between their parts")
  void contentHashes() {
    assertThat(
            List.of(
                contentHash("ab", null, Map.of()),
                contentHash("ab", "", Map.of()),
                contentHash("a", "b", Map.of()),
                contentHash("", "ab", Map.of()),
                contentHash("ab", null, Map.of("c", "d")),
                contentHash("ab", null, Map.of("c", "", "d", "")),
                contentHash("ab", null, Map.of("cd", ""))))
        .doesNotHaveDuplicates()
        .allMatch(hash -> hash.matches("[0-9a-f]{64}"));
    assertThat(contentHash("ab", null, Map.of("c", "1", "d", "2")))
        .isEqualTo(contentHash("ab", null, Map.of("d", "2", "c", "1")));
  }

  @Test
  @DisplayName("distinguishes requests, and the id of the execution is no part of them")
  void requestHashes() {
    assertThat(
            List.of(
                requestHash(new NewExecution(EXECUTION, FLOW)),
                requestHash(new NewExecution(EXECUTION, new WorkflowId("other"))),
                requestHash(new NewExecution(EXECUTION, FLOW, 1, Map.of(), Map.of())),
                requestHash(new NewExecution(EXECUTION, FLOW, 2, Map.of(), Map.of())),
                requestHash(new NewExecution(EXECUTION, FLOW, null, Map.of("a", "b"), Map.of())),
                requestHash(new NewExecution(EXECUTION, FLOW, null, Map.of(), Map.of("a", "b")))))
        .doesNotHaveDuplicates();
    assertThat(requestHash(new NewExecution(new ExecutionId(new UUID(9, 9)), FLOW)))
        .isEqualTo(requestHash(new NewExecution(EXECUTION, FLOW)));
  }

  @Test
  @DisplayName("has a footprint with each kind of record in its order")
  void footprint() {
    ExecutionId ended = new ExecutionId(new UUID(-1, 0));
    TaskRunId other = new TaskRunId(new UUID(-1, 0));
    Footprint footprint = new Footprint();
    footprint.add(
        set(
            save("x", Map.of()),
            new Change.UpdateExecution(ended, ExecutionState.FAILED, null, null),
            new Change.CreateExecution(new NewExecution(EXECUTION, new WorkflowId("another"))),
            new Change.UpdateExecution(EXECUTION, ExecutionState.RUNNING, null, null),
            new Change.UpdateTaskRun(other, TaskRunState.RUNNING, null, null),
            new Change.CreateTaskRun(new NewTaskRun(RUN, EXECUTION, new TaskId("t"))),
            new Change.RecordAttempt(RUN, "w"),
            new Change.UpdateAttempt(new AttemptId(other, 1), AttemptState.LOST, null, null)));
    assertThat(footprint.commits()).containsExactly(new CommitId(new UUID(3, 3)));
    assertThat(footprint.workflows()).containsExactly(new WorkflowId("another"), FLOW);
    assertThat(footprint.executions()).containsExactly(EXECUTION, ended);
    assertThat(footprint.taskRunCounts()).containsExactly(EXECUTION, ended);
    assertThat(footprint.taskRuns()).containsExactly(RUN, other);
    assertThat(footprint.tasks()).containsExactly(new TaskKey(EXECUTION, new TaskId("t")));
  }

  @Test
  @DisplayName("has another fingerprint than a change set with a similar text")
  void fingerprint() {
    AttemptId attempt = new AttemptId(RUN, 1);
    List<Submission> alike =
        List.of(
            of(new Change.UpdateExecution(EXECUTION, ExecutionState.PAUSED, null, null)),
            of(new Change.UpdateExecution(EXECUTION, ExecutionState.PAUSED, null, "null")),
            of(new Change.UpdateAttempt(attempt, AttemptState.LOST, null, null)),
            of(new Change.UpdateAttempt(attempt, AttemptState.LOST, null, "null")),
            of(new Change.UpdateAttempt(attempt, AttemptState.FAILED, 1, "2")),
            of(new Change.UpdateAttempt(attempt, AttemptState.FAILED, 12, "")),
            of(new Change.UpdateTaskRun(RUN, TaskRunState.RUNNING, 1L, null)),
            of(new Change.UpdateTaskRun(RUN, TaskRunState.RUNNING, null, 1)),
            of(new Change.RecordAttempt(RUN, "w"), new Change.RecordAttempt(RUN, "w")),
            of(new Change.RecordAttempt(RUN, "w" + new Change.RecordAttempt(RUN, "w"))),
            of(new Change.RecordAttempt(RUN, "w")));
    assertThat(alike).extracting(Submission::fingerprint).doesNotHaveDuplicates();
  }
}
