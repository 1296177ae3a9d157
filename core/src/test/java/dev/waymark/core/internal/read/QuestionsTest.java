package dev.waymark.core.internal.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Limits;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The arguments of a read")
class QuestionsTest {
  private static final Limits LIMITS =
      Limits.builder().maxPageSize(10).defaultPageSize(5).maxClaims(3).maxWorkerBytes(4).build();
  private static final AttemptId ATTEMPT = new AttemptId(Ids.system().taskRunId(), 1);

  private static void assertInvalid(ThrowingCallable read, String message) {
    assertThatThrownBy(read).isInstanceOf(InvalidInputException.class).hasMessage(message);
  }

  @Test
  @DisplayName("ask for a page of 1 to the most that the store allows")
  void pageSize() {
    assertThat(Questions.checkedLimit(1, LIMITS)).isEqualTo(1);
    assertThat(Questions.checkedLimit(10, LIMITS)).isEqualTo(10);
    assertInvalid(
        () -> Questions.checkedLimit(0, LIMITS),
        "limit 0 is out of range; use 1 to 10 (the limit maxPageSize of this store)");
    assertInvalid(
        () -> Questions.checkedLimit(11, LIMITS),
        "limit 11 is out of range; use 1 to 10 (the limit maxPageSize of this store)");
  }

  @Test
  @DisplayName("look up by prefix only records that have ids of their own")
  void prefix() {
    Set<RecordKind> withIds =
        EnumSet.of(RecordKind.WORKFLOW, RecordKind.EXECUTION, RecordKind.TASK_RUN);
    withIds.forEach(kind -> Questions.checkPrefix(kind, "a", 10, LIMITS));
    EnumSet.complementOf(EnumSet.copyOf(withIds))
        .forEach(
            kind ->
                assertInvalid(
                    () -> Questions.checkPrefix(kind, "a", 10, LIMITS),
                    kind.words()
                        + "s have no ids of their own; look up a workflow, an execution or a task"
                        + " run"));
    assertThatThrownBy(() -> Questions.checkPrefix(RecordKind.WORKFLOW, "a", 11, LIMITS))
        .hasMessageContaining("limit 11");
    assertThatThrownBy(() -> Questions.checkPrefix(RecordKind.WORKFLOW, "\u0000", 1, LIMITS))
        .hasMessageContaining("prefix of workflow ids has a NUL character");
  }

  @Test
  @DisplayName("claim no more task runs, by no longer name, than the store allows")
  void claim() {
    Duration lease = Duration.ofSeconds(1);
    assertThatCode(() -> Questions.checkClaim(ClaimRequest.of("four", 3, lease), LIMITS))
        .doesNotThrowAnyException();
    assertInvalid(
        () -> Questions.checkClaim(ClaimRequest.of("four", 4, lease), LIMITS),
        "a claim of 4 task runs is over the limit maxClaims of 3; claim fewer, or raise the limit"
            + " when opening the store");
    assertInvalid(
        () -> Questions.checkClaim(ClaimRequest.of("fiver", 1, lease), LIMITS),
        "worker \"fiver\" has 5 bytes, over the limit maxWorkerBytes of 4; shorten its name, or"
            + " raise the limit when opening the store");
  }

  @Test
  @DisplayName("read at least one byte of a log, from its beginning or later")
  void logPart() {
    assertThatCode(() -> Questions.checkLogPart(ATTEMPT, 0, 1)).doesNotThrowAnyException();
    String end =
        " of the log of attempt " + ATTEMPT + "; use 1 byte or more and position 0 or more";
    assertInvalid(
        () -> Questions.checkLogPart(ATTEMPT, -1, 1), "cannot read 1 bytes from position -1" + end);
    assertInvalid(
        () -> Questions.checkLogPart(ATTEMPT, 0, 0), "cannot read 0 bytes from position 0" + end);
  }

  @Test
  @DisplayName("are not looked at by a store that is closed")
  void closed() {
    assertThat(Questions.closed())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("this store is closed; open it again to use it");
  }
}
