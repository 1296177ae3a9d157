package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.LogChange;
import dev.waymark.core.store.LogPart;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.base.ContractTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Logs of attempts: bytes are read as they were written, only live attempts may write, and logs
 * stay until they are deleted.
 *
 * @since 0.1.0
 */
public abstract class LogContract extends ContractTest {
  private static final int ALL = Integer.MAX_VALUE;

  /** For backends that run this topic alone. */
  protected LogContract() {}

  @Override
  protected Limits limits() {
    return Limits.builder().maxLogBytes(100_000).maxLogChunkBytes(70_000).build();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void append(AttemptId attempt, long position, byte[] bytes) {
    store.commit(changes().appendLog(attempt, position, bytes).build());
  }

  private void append(AttemptId attempt, long position, String text) {
    append(attempt, position, bytes(text));
  }

  private LogPart read(AttemptId attempt, long position, int maxBytes) {
    return store.log(attempt, position, maxBytes);
  }

  private static LogPart part(String text, long position, long length) {
    return new LogPart(bytes(text), position, length);
  }

  private ExecutionId executionOf(AttemptId attempt) {
    return stored(attempt.taskRunId()).executionId();
  }

  /** Ends an attempt, its task run and its execution. */
  private ExecutionId end(AttemptId attempt) {
    ExecutionId execution = executionOf(attempt);
    store.commit(
        changes()
            .updateAttempt(attempt, AttemptState.SUCCEEDED, 0)
            .updateTaskRun(attempt.taskRunId(), TaskRunState.SUCCEEDED)
            .updateExecution(execution, ExecutionState.SUCCEEDED)
            .build());
    return execution;
  }

  @Test
  @DisplayName("a log is read as it was written, to the byte")
  void bytesAsTheyWere() {
    AttemptId attempt = attempt();
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    byte[] noText = {0, (byte) 0xc3, 0x28, (byte) 0xed, (byte) 0xa0, (byte) 0x80, (byte) 0xff, 0};
    append(attempt, 0, all);
    append(attempt, 256, noText);
    assertThat(read(attempt, 0, 256)).isEqualTo(new LogPart(all, 0, 264));
    assertThat(read(attempt, 256, ALL)).isEqualTo(new LogPart(noText, 256, 264));
  }

  @Test
  @DisplayName("a part can span the pieces in which the log was written")
  void overTheBorders() {
    AttemptId attempt = attempt();
    append(attempt, 0, "abc");
    append(attempt, 3, "d");
    append(attempt, 4, "efghi");
    String log = "abcdefghi";
    for (int from = 0; from < log.length(); from++) {
      for (int to = from + 1; to <= log.length(); to++) {
        assertThat(read(attempt, from, to - from))
            .isEqualTo(part(log.substring(from, to), from, log.length()));
      }
    }
    assertThat(read(attempt, 0, ALL)).isEqualTo(part(log, 0, 9));
    assertThat(read(attempt, 5, ALL)).isEqualTo(part("fghi", 5, 9));
  }

  @Test
  @DisplayName("there is nothing at the end of a log, beyond it, and where there is no log")
  void nothing() {
    AttemptId attempt = attempt();
    assertThat(read(attempt, 0, ALL)).isEqualTo(part("", 0, 0));
    append(attempt, 0, "abc");
    assertThat(read(attempt, 3, ALL)).isEqualTo(part("", 3, 3));
    assertThat(read(attempt, Long.MAX_VALUE, ALL)).isEqualTo(part("", Long.MAX_VALUE, 3));
    assertThat(read(new AttemptId(attempt.taskRunId(), 2), 0, ALL)).isEqualTo(part("", 0, 0));
    assertThat(read(new AttemptId(ids.taskRunId(), 1), 0, ALL)).isEqualTo(part("", 0, 0));
    invalid(() -> read(attempt, -1, 1), "position -1");
    invalid(() -> read(attempt, 0, 0), "0 bytes");
  }

  @Test
  @DisplayName("a part ends at a gap, and the next begins after it")
  void gaps() {
    AttemptId attempt = attempt();
    append(attempt, 2, "ab");
    append(attempt, 90, "cd");
    assertThat(read(attempt, 0, 1)).isEqualTo(part("a", 2, 92));
    assertThat(read(attempt, 0, ALL)).isEqualTo(part("ab", 2, 92));
    assertThat(read(attempt, 4, 10)).isEqualTo(part("cd", 90, 92));
  }

  @Test
  @DisplayName("each attempt has its own log")
  void eachItsOwn() {
    AttemptId first = attempt();
    AttemptId second = new AttemptId(first.taskRunId(), 2);
    AttemptId other = attempt();
    store.commit(
        changes()
            .appendLog(first, 0, bytes("first"))
            .appendLog(other, 0, bytes("other"))
            .updateAttempt(first, AttemptState.FAILED, 1)
            .recordAttempt(first.taskRunId(), "worker-2")
            .appendLog(second, 0, bytes("second"))
            .build());
    assertThat(read(first, 0, ALL)).isEqualTo(part("first", 0, 5));
    assertThat(read(second, 0, ALL)).isEqualTo(part("second", 0, 6));
    assertThat(read(other, 0, ALL)).isEqualTo(part("other", 0, 5));
  }

  @Test
  @DisplayName("appending at the same position again changes nothing, also within one change set")
  void again() {
    AttemptId attempt = attempt();
    ChangeSet changes = changes().appendLog(attempt, 0, bytes("abc")).build();
    store.commit(changes);
    assertThat(store.commit(changes).outcomes()).hasSize(1);
    append(attempt, 0, "xyz");
    store.commit(
        changes()
            .appendLog(attempt, 3, bytes("de"))
            .appendLog(attempt, 3, bytes("xy"))
            .appendLog(attempt, 5, bytes("f"))
            .build());
    assertThat(read(attempt, 0, ALL)).isEqualTo(part("abcdef", 0, 6));
  }

  @Test
  @DisplayName("a commit id repeats only a log of the same bytes")
  void otherBytes() {
    AttemptId attempt = attempt();
    ChangeSet changes = changes().appendLog(attempt, 0, bytes("abc")).build();
    store.commit(changes);
    for (Change other :
        List.of(
            new LogChange.Append(attempt, 0, bytes("abd")),
            new LogChange.Append(attempt, 1, bytes("abc")))) {
      invalid(
          () -> store.commit(ChangeSet.builder(changes.id()).add(other).build()),
          "another change set");
    }
  }

  @Test
  @DisplayName("the writer and the reader may change their byte arrays afterwards")
  void copies() {
    AttemptId attempt = attempt();
    byte[] written = bytes("abc");
    ChangeSet changes = changes().appendLog(attempt, 0, written).build();
    written[0] = 'x';
    store.commit(changes);
    LogPart part = read(attempt, 0, ALL);
    part.bytes()[1] = 'x';
    assertThat(part).isEqualTo(part("abc", 0, 3)).hasSameHashCodeAs(part("abc", 0, 3));
    assertThat(read(attempt, 0, ALL)).isEqualTo(part);
  }

  @Test
  @DisplayName("an attempt that has ended, or is not the newest, cannot write a log")
  void stale() {
    AttemptId first = attempt();
    append(first, 0, "a");
    store.updateAttempt(first, AttemptState.FAILED, 1);
    refusedFor(RecordRef.of(first), Reason.LEASE_LOST, () -> append(first, 1, "b"));
    store.recordAttempt(first.taskRunId(), "worker-2");
    refusedFor(RecordRef.of(first), Reason.LEASE_LOST, () -> append(first, 1, "b"));
    AttemptId third = new AttemptId(first.taskRunId(), 3);
    refused(NotFoundException.class, () -> append(third, 0, "c"));
    refused(NotFoundException.class, () -> append(new AttemptId(ids.taskRunId(), 1), 0, "c"));
    assertThat(read(first, 0, ALL)).isEqualTo(part("a", 0, 1));
  }

  @Test
  @DisplayName("an attempt cannot write a log after another store has ended it")
  void staleElsewhere() {
    AttemptId attempt = attempt();
    StateStore another = openAnother();
    append(attempt, 0, "a");
    another.updateAttempt(attempt, AttemptState.LOST);
    refusedFor(RecordRef.of(attempt), Reason.LEASE_LOST, () -> append(attempt, 1, "b"));
    assertThat(another.log(attempt, 0, ALL)).isEqualTo(part("a", 0, 1));
  }

  @Test
  @DisplayName("the last part of a log is in the change set that ends the attempt, before the end")
  void withTheEnd() {
    AttemptId attempt = attempt();
    store.commit(
        changes()
            .appendLog(attempt, 0, bytes("done\n"))
            .updateAttempt(attempt, AttemptState.SUCCEEDED, 0)
            .updateTaskRun(attempt.taskRunId(), TaskRunState.SUCCEEDED)
            .build());
    assertThat(read(attempt, 0, ALL)).isEqualTo(part("done\n", 0, 5));
    AttemptId other = attempt();
    refusedFor(
        RecordRef.of(other),
        Reason.LEASE_LOST,
        () ->
            store.commit(
                changes()
                    .updateAttempt(other, AttemptState.SUCCEEDED, 0)
                    .appendLog(other, 0, bytes("x"))
                    .build()));
    assertThat(stored(other).state()).isEqualTo(AttemptState.RUNNING);
  }

  @Test
  @DisplayName("maxLogChunkBytes limits one append, and maxLogBytes the whole log")
  void limitsHold() {
    AttemptId attempt = attempt();
    invalid(() -> append(attempt, 0, new byte[70_001]), "maxLogChunkBytes", "70,001", "70,000");
    invalid(() -> append(attempt, 100_000, "x"), "maxLogBytes", "100,001", "100,000");
    invalid(() -> append(attempt, Long.MAX_VALUE, "x"), "maxLogBytes");
    invalid(() -> append(attempt, -1, "x"), "position -1");
    invalid(() -> append(attempt, 0, ""), "at least one byte");
    assertThat(read(attempt, 0, ALL).length()).isZero();
    byte[] large = new byte[70_000];
    new Random(7).nextBytes(large);
    append(attempt, 0, large);
    append(attempt, 70_000, Arrays.copyOf(large, 30_000));
    LogPart part = read(attempt, 69_999, ALL);
    assertThat(part.length()).isEqualTo(100_000);
    assertThat(part.bytes()).hasSize(30_001).startsWith(large[69_999]).endsWith(large[29_999]);
  }

  @Test
  @DisplayName("only logs of executions that have ended can be deleted")
  void deleted() {
    AttemptId attempt = attempt();
    AttemptId other = attempt();
    append(attempt, 0, "abc");
    append(other, 0, "xyz");
    ExecutionId execution = executionOf(attempt);
    refusedFor(
        RecordRef.of(execution),
        Reason.OUT_OF_STEP,
        () -> store.commit(changes().deleteLogs(execution).build()));
    end(attempt);
    store.commit(changes().deleteLogs(execution).build());
    assertThat(read(attempt, 0, ALL)).isEqualTo(part("", 0, 0));
    assertThat(read(other, 0, ALL)).isEqualTo(part("xyz", 0, 3));
    store.commit(changes().deleteLogs(execution).build());
    refused(
        NotFoundException.class,
        () -> store.commit(changes().deleteLogs(ids.executionId()).build()));
  }

  @Test
  @DisplayName("executions with logs that ended before a time are listed in their order")
  void listed() {
    List<ExecutionId> ended = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      AttemptId attempt = attempt();
      append(attempt, 0, "a");
      append(attempt, 1, "b");
      ended.add(end(attempt));
    }
    end(attempt());
    append(attempt(), 0, "still running");
    Instant later = START.plus(Duration.ofSeconds(1));
    assertThat(store.executionsWithLogs(later, 10)).isEqualTo(ended);
    assertThat(store.executionsWithLogs(later, 3)).isEqualTo(ended.subList(0, 3));
    assertThat(store.executionsWithLogs(START, 10)).isEmpty();
    assertThat(store.executionsWithLogs(START.plusNanos(1), 10)).hasSize(4);
    assertThat(store.executionsWithLogs(Instant.MAX, 10)).hasSize(4);
    store.commit(changes().deleteLogs(ended.get(0)).deleteLogs(ended.get(2)).build());
    assertThat(store.executionsWithLogs(later, 10)).containsExactly(ended.get(1), ended.get(3));
    invalid(() -> store.executionsWithLogs(later, 0), "limit 0");
  }
}
