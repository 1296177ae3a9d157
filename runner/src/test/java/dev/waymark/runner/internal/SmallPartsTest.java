package dev.waymark.runner.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.runner.definition.RetryPolicy;
import dev.waymark.runner.definition.TaskDefinition;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The small rules, one by one. */
@DisplayName("The small parts")
class SmallPartsTest {

  @Test
  @DisplayName("exit codes are said in words")
  void exitCodesAreSaidInWords() {
    assertThat(Signals.error(0)).isNull();
    assertThat(Signals.error(127)).isEqualTo("exited with code 127");
    assertThat(Signals.error(137)).isEqualTo("killed by signal 9 (SIGKILL)");
    assertThat(Signals.error(128)).isEqualTo("exited with code 128");
    assertThat(Signals.error(255)).isEqualTo("exited with code 255");
  }

  @Test
  @DisplayName("the names of workers differ and only the open ones of this process are there")
  void theNamesOfWorkersDifferAndOnlyTheOpenOnesOfThisProcessAreThere() {
    String one = Workers.newName();
    String two = Workers.newName();
    assertThat(one).isNotEqualTo(two).contains("/" + ProcessHandle.current().pid() + "-");
    Workers.opened(one);
    assertThat(Workers.isGone(one)).isFalse();
    assertThat(Workers.isGone(two)).isTrue();
    Workers.closed(one);
    assertThat(Workers.isGone(one)).isTrue();
    assertThat(Workers.isGone("elsewhere/1-1")).isFalse();
    assertThat(Workers.isGone("anything")).isFalse();
  }

  @Test
  @DisplayName("a worker that cannot be seen from here is not gone for sure")
  void aWorkerThatCannotBeSeenFromHereIsNotGoneForSure() {
    Place here = Place.HERE;
    assumeTrue(here != null);
    String dead = Workers.newName().replaceFirst("@.*", "").replaceFirst("-\\d+$", "-1@");
    assertThat(dead.length()).isLessThan(120);
    assertThat(Workers.isGone(dead + here)).isTrue();
    assertThat(Workers.isGone(dead + new Place(here.boot(), "77", here.machine()))).isFalse();
    assertThat(Workers.isGone(dead + new Place("00000000", "77", here.machine()))).isFalse();
    assertThat(Workers.isGone(dead.replace("@", ""))).isFalse();
    String first = Place.FIRST_NAMESPACE;
    Place now = new Place("11111111", first, "abcdef01");
    assertThat(new Place("00000000", first, "abcdef01").isEarlierBootOf(now)).isTrue();
    assertThat(new Place("00000000", first, "abcdef02").isEarlierBootOf(now)).isFalse();
    assertThat(new Place("00000000", "77", "abcdef01").isEarlierBootOf(now)).isFalse();
  }

  @Test
  @DisplayName(
      "the random part of a pause is the same for the same attempt and differs between them")
  void theRandomPartOfAPauseIsTheSameForTheSameAttemptAndDiffersBetweenThem() {
    RetryPolicy policy = new RetryPolicy(9, Duration.ofSeconds(10), 1, Duration.ofMinutes(1), 0.5);
    Set<Duration> pauses = new HashSet<>();
    for (int run = 0; run < 10; run++) {
      for (int attempt = 1; attempt <= 5; attempt++) {
        Duration pause = failed(policy, run, attempt).pause();
        assertThat(pause).isEqualTo(failed(policy, run, attempt).pause());
        assertThat(pause).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(10));
        pauses.add(pause);
      }
    }
    assertThat(pauses).hasSize(50);
  }

  @Test
  @DisplayName("an interval is due at first, after its length, and earlier where somebody asks")
  void anIntervalIsDueAtFirstAfterItsLengthAndEarlierWhereSomebodyAsks() {
    Interval interval = new Interval(Duration.ofHours(1));
    assertThat(interval.isDue()).isTrue();
    interval.restart();
    interval.dueWithin(Duration.ofSeconds(Long.MAX_VALUE));
    assertThat(left(interval)).isBetween(Duration.ofMinutes(50), Duration.ofHours(1));
    interval.dueWithin(Duration.ofMinutes(20));
    interval.dueWithin(Duration.ofMinutes(40));
    assertThat(left(interval)).isBetween(Duration.ofMinutes(10), Duration.ofMinutes(20));
    assertThat(interval.isDue()).isFalse();
    interval.dueNow();
    assertThat(interval.isDue()).isTrue();
  }

  private static Duration left(Interval interval) {
    return Duration.ofNanos(interval.nanosLeft());
  }

  private static Node failed(RetryPolicy policy, int run, int attempt) {
    TaskDefinition task =
        new TaskDefinition(
            new TaskId("t"), List.of(), "true", null, Map.of(), Map.of(), null, null, policy);
    Node node = new Node(0, task, new TaskRunId(new UUID(0x0190_0000_0000_7000L, run)));
    node.attempt = attempt;
    node.attemptState = AttemptState.FAILED;
    node.failed = attempt;
    return node;
  }
}
