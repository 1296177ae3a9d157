package dev.waymark.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Ids")
class IdsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123Z");

  private static InstantSource frozen(Instant time) {
    return () -> time;
  }

  private static InstantSource sequence(Instant... times) {
    Iterator<Instant> rest = List.of(times).iterator();
    return rest::next;
  }

  private static UUID first(Instant time) {
    return new Ids(frozen(time), new Random(1)).executionId().value();
  }

  @Test
  @DisplayName("are UUIDs of version 7 and of the variant of RFC 9562")
  void versionAndVariant() {
    Ids ids = new Ids(frozen(NOW), new Random(1));
    for (int i = 0; i < 1_000; i++) {
      UUID id = ids.executionId().value();
      assertThat(id.version()).isEqualTo(7);
      assertThat(id.variant()).isEqualTo(2);
    }
  }

  @Test
  @DisplayName("begin with the milliseconds since 1970 in 48 bits")
  void milliseconds() {
    assertThat(first(NOW).getMostSignificantBits() >>> 16).isEqualTo(NOW.toEpochMilli());
    Instant latest = Instant.ofEpochMilli((1L << 48) - 1);
    assertThat(first(latest).toString()).startsWith("ffffffff-ffff-7");
  }

  @Test
  @DisplayName("contain the fraction of the millisecond in the twelve bits after the version")
  void fraction() {
    assertThat(first(NOW).getMostSignificantBits() & 0xfff).isZero();
    assertThat(first(NOW.plusNanos(500_000)).getMostSignificantBits() & 0xfff).isEqualTo(2_048);
    assertThat(first(NOW.plusNanos(250_000)).getMostSignificantBits() & 0xfff).isEqualTo(1_024);
    assertThat(first(NOW.plusNanos(999_999)).getMostSignificantBits() & 0xfff).isEqualTo(4_095);
  }

  @Test
  @DisplayName("increase strictly while the clock does not change, also across the millisecond")
  void standingClock() {
    assertRising(new Ids(frozen(NOW), new Random(1)), 10_000);
  }

  @Test
  @DisplayName("increase strictly when the clock goes back")
  void clockStepsBack() {
    Ids ids =
        new Ids(
            sequence(NOW, NOW.minusSeconds(3_600), NOW.minusNanos(1), NOW, NOW.plusSeconds(1)),
            new Random(1));
    assertRising(ids, 5);
  }

  private static void assertRising(Ids ids, int count) {
    List<ExecutionId> made = IntStream.range(0, count).mapToObj(i -> ids.executionId()).toList();
    for (int i = 1; i < made.size(); i++) {
      assertThat(made.get(i - 1)).isLessThan(made.get(i));
      assertThat(made.get(i - 1).toString()).isLessThan(made.get(i).toString());
    }
  }

  @Test
  @DisplayName("follow the clock again when it has overtaken them")
  void backToTheClock() {
    Instant later = NOW.plusSeconds(60);
    Ids ids = new Ids(sequence(NOW, NOW.minusSeconds(60), later), new Random(1));
    ids.executionId();
    ids.executionId();
    assertThat(ids.executionId().value().getMostSignificantBits() >>> 16)
        .isEqualTo(later.toEpochMilli());
  }

  @Test
  @DisplayName("are the same for the same seed and clock, and differ for another seed")
  void seed() {
    assertThat(some(5)).isEqualTo(some(5)).isNotEqualTo(some(6));
  }

  private static List<Object> some(long seed) {
    Ids ids = new Ids(frozen(NOW), new Random(seed));
    List<Object> made = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      made.addAll(List.of(ids.executionId(), ids.taskRunId(), ids.commitId()));
    }
    return made;
  }

  @Test
  @DisplayName("are unique when many threads create them")
  void threads() {
    Ids ids = new Ids(frozen(NOW), new Random(1));
    Set<Object> made = ConcurrentHashMap.newKeySet();
    IntStream.range(0, 20_000).parallel().forEach(i -> made.add(ids.taskRunId()));
    assertThat(made).hasSize(20_000);
  }

  @Test
  @DisplayName("of the system are near the time of the system")
  void system() {
    long before = System.currentTimeMillis();
    long made = Ids.system().commitId().value().getMostSignificantBits() >>> 16;
    assertThat(made).isBetween(before, System.currentTimeMillis());
  }

  @Test
  @DisplayName("are ordered as unsigned numbers")
  void order() {
    List<ExecutionId> ordered =
        List.of(
            new ExecutionId(new UUID(0, 0)),
            new ExecutionId(new UUID(0, Long.MIN_VALUE)),
            new ExecutionId(new UUID(0, -1)),
            new ExecutionId(new UUID(Long.MAX_VALUE, 0)),
            new ExecutionId(new UUID(Long.MIN_VALUE, 0)),
            new ExecutionId(new UUID(-1, 0)));
    assertThat(ordered).isSorted();
    assertThat(ordered.stream().map(id -> new TaskRunId(id.value()))).isSorted();
    assertThat(ordered.stream().map(id -> new CommitId(id.value()))).isSorted();
    assertThat(ordered.stream().map(ExecutionId::toString)).isSorted();
  }

  @Test
  @DisplayName("are read from 36 characters of either case and from nothing else")
  void parse() {
    String text = "018f2d1c-7b5e-7cc4-9e3a-4f2b8a6d0c11";
    assertThat(ExecutionId.of(text)).hasToString(text);
    assertThat(TaskRunId.of(text.toUpperCase(Locale.ROOT))).hasToString(text);
    assertThat(CommitId.of(text)).hasToString(text);
    for (String bad :
        List.of(
            "",
            "1-1-1-1-1",
            text + "0",
            text.substring(1),
            " " + text,
            text.replace('-', ' '),
            "x" + text.substring(1))) {
      assertThatThrownBy(() -> ExecutionId.of(bad))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("execution id")
          .hasMessageContaining("UUID");
    }
    assertThatThrownBy(() -> TaskRunId.of("x")).hasMessageContaining("task run id");
    assertThatThrownBy(() -> CommitId.of("x")).hasMessageContaining("commit id");
  }

  @Test
  @DisplayName("of workflows and tasks must have a valid form")
  void names() {
    for (String good : List.of("a", "0", "A.b_c-d", "a".repeat(128))) {
      assertThat(new WorkflowId(good)).hasToString(good);
      assertThat(new TaskId(good)).hasToString(good);
    }
    for (String bad :
        List.of(
            "",
            ".a",
            "-a",
            "_a",
            "a b",
            "a/b",
            "\u00E4",
            "a\n",
            "a".repeat(129),
            "\uD83D\uDE80",
            "a\u0000")) {
      assertThatThrownBy(() -> new WorkflowId(bad))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("workflow id \"");
      assertThatThrownBy(() -> new TaskId(bad))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("task id \"");
    }
    assertThat(List.of(new WorkflowId("A"), new WorkflowId("a"), new WorkflowId("b"))).isSorted();
    assertThat(List.of(new TaskId("A"), new TaskId("a"), new TaskId("b"))).isSorted();
  }

  @Test
  @DisplayName("of attempts are a task run and a number from 1")
  void attempts() {
    TaskRunId run = new TaskRunId(new UUID(0, 1));
    AttemptId first = new AttemptId(run, 1);
    assertThat(first).isLessThan(new AttemptId(run, 2)).isEqualByComparingTo(first);
    assertThat(new TaskId("a")).isLessThan(new TaskId("b"));
    assertThat(new CommitId(new UUID(0, 1))).isLessThan(new CommitId(new UUID(0, 2)));
    assertThat(first).hasToString("00000000-0000-0000-0000-000000000001/1");
    assertThat(
            List.of(first, new AttemptId(run, 2), new AttemptId(new TaskRunId(new UUID(0, 2)), 1)))
        .isSorted();
    for (int bad : new int[] {0, -1, Integer.MIN_VALUE}) {
      assertThatThrownBy(() -> new AttemptId(run, bad))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("attempt number " + bad);
    }
  }

  @Test
  @DisplayName("describe a record together with its kind")
  void references() {
    TaskRunId run = new TaskRunId(new UUID(0, 1));
    assertThat(RecordRef.of(new WorkflowId("w"))).hasToString("workflow w");
    assertThat(RecordRef.of(new ExecutionId(run.value()))).hasToString("execution " + run);
    assertThat(RecordRef.of(run)).hasToString("task run " + run);
    assertThat(RecordRef.of(new AttemptId(run, 3))).hasToString("attempt " + run + "/3");
  }
}
