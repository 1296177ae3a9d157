package dev.waymark.worker.internal.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The names of workers")
class WorkersTest {
  @Test
  @DisplayName("differ, and only the open ones of this process are alive")
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
  @DisplayName("do not show that a worker has ended whose process is not visible")
  void aWorkerThatCannotBeSeenFromHereIsNotGoneForSure() {
    PidNamespace here = PidNamespace.HERE;
    assumeTrue(here != null);
    String dead = Workers.newName().replaceFirst("@.*", "").replaceFirst("-\\d+$", "-1@");
    assertThat(dead.length()).isLessThan(120);
    assertThat(Workers.isGone(dead + here)).isTrue();
    assertThat(Workers.isGone(dead + new PidNamespace(here.boot(), "77", here.machine())))
        .isFalse();
    assertThat(Workers.isGone(dead + new PidNamespace("00000000", "77", here.machine()))).isFalse();
    assertThat(Workers.isGone(dead.replace("@", ""))).isFalse();
    String first = PidNamespace.FIRST_NAMESPACE;
    PidNamespace now = new PidNamespace("11111111", first, "abcdef01");
    assertThat(new PidNamespace("00000000", first, "abcdef01").isEarlierBootOf(now)).isTrue();
    assertThat(new PidNamespace("00000000", first, "abcdef02").isEarlierBootOf(now)).isFalse();
    assertThat(new PidNamespace("00000000", "77", "abcdef01").isEarlierBootOf(now)).isFalse();
  }
}
