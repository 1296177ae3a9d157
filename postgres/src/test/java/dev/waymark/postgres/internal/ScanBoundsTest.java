package dev.waymark.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.postgres.internal.ScanBounds.Horizon;
import dev.waymark.postgres.internal.ScanBounds.Lane;
import dev.waymark.postgres.internal.ScanBounds.Range;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The bounds of scans of claims")
class ScanBoundsTest {
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final Lane LANE = new Lane("default", 5);
  private static final List<String> POOLS = List.of("default");

  private final ScanBounds bounds = new ScanBounds();

  @BeforeEach
  void first() {
    refresh("server", 0, Set.of(), null);
  }

  @Test
  @DisplayName("without a writer a bound is the time of the refresh minus the margin")
  void idle() {
    refresh("server", 1, Set.of(), null);

    assertThat(begin()).isEqualTo(at(1).minus(ScanBounds.MARGIN));
    assertThat(bounds.dueBegin()).isEqualTo(begin());
    assertThat(bounds.leaseBegin()).isEqualTo(begin());
  }

  @Test
  @DisplayName("an older live row keeps the bound where it is")
  void live() {
    Instant row = at(-100);
    refresh("server", 1, Set.of(), row);
    refresh("server", 2, Set.of(), row);

    assertThat(begin()).isEqualTo(row);
  }

  @Test
  @DisplayName("a pending writer holds the bound back, and one that began later does not")
  void pending() {
    refresh("server", 1, Set.of("3/7", "4/1"), null);
    assertThat(begin()).isEqualTo(ScanBounds.EVER);
    refresh("server", 2, Set.of("3/7", "5/1"), null);
    assertThat(begin()).isEqualTo(ScanBounds.EVER);

    refresh("server", 3, Set.of("5/1", "6/1"), null);

    assertThat(begin()).isEqualTo(at(1).minus(ScanBounds.MARGIN));
    refresh("server", 4, Set.of("5/1"), null);
    assertThat(begin()).isEqualTo(at(1).minus(ScanBounds.MARGIN));
    refresh("server", 5, Set.of("7/1"), null);
    assertThat(begin()).isEqualTo(at(3).minus(ScanBounds.MARGIN));
  }

  @Test
  @DisplayName("a prepared transaction may be an earlier pending one under another name")
  void prepared() {
    refresh("server", 1, Set.of("3/7"), null);
    refresh("server", 2, Set.of("-1/900"), null);
    assertThat(begin()).isEqualTo(ScanBounds.EVER);

    refresh("server", 3, Set.of("9/1"), null);

    assertThat(begin()).isEqualTo(at(1).minus(ScanBounds.MARGIN));
  }

  @Test
  @DisplayName("another server, a clock that goes back, and elapsed time drop all bounds")
  void dropped() {
    refresh("server", 1, Set.of(), null);
    refresh("standby", 2, Set.of(), null);
    assertThat(begin()).isEqualTo(ScanBounds.EVER);
    refresh("standby", 3, Set.of(), null);
    assertThat(begin()).isEqualTo(at(3).minus(ScanBounds.MARGIN));

    refresh("standby", 2, Set.of(), null);
    assertThat(begin()).isEqualTo(ScanBounds.EVER);
    refresh("standby", 4, Set.of(), null);
    assertThat(begin()).isEqualTo(at(4).minus(ScanBounds.MARGIN));

    refresh("standby", 4 + ScanBounds.VALID.toSeconds(), Set.of(), null);
    assertThat(begin()).isEqualTo(ScanBounds.EVER);
    assertThat(bounds.dueBegin()).isEqualTo(ScanBounds.EVER);
    assertThat(bounds.leaseBegin()).isEqualTo(ScanBounds.EVER);
  }

  @Test
  @DisplayName("the result of a refresh is ignored if the bounds were replaced meanwhile")
  void replaced() {
    Object slow = new Object();
    bounds.start(slow, POOLS);
    bounds.start(new Object(), POOLS);

    assertThat(bounds.take(slow, new Horizon("server", at(1), Set.of()))).isNull();
    bounds.takeLane(slow, LANE, at(1), null);

    assertThat(bounds.lanes()).isEmpty();
  }

  @Test
  @DisplayName("the ranges of a pool are its known lanes and everything between them")
  void ranges() {
    assertThat(bounds.ranges(List.of("new")))
        .containsExactly(new Range("new", Integer.MIN_VALUE, Integer.MAX_VALUE, null));
    refresh("server", 1, Set.of(), null);
    Instant begin = begin();

    assertThat(bounds.ranges(POOLS))
        .containsExactly(
            new Range("default", Integer.MIN_VALUE, 4, null),
            new Range("default", 5, 5, begin),
            new Range("default", 6, Integer.MAX_VALUE, null));
  }

  private Instant begin() {
    return bounds.lanes().getOrDefault(LANE, ScanBounds.EVER);
  }

  private static Instant at(long seconds) {
    return START.plusSeconds(seconds);
  }

  private void refresh(String server, long seconds, Set<String> writers, @Nullable Instant row) {
    Object refresh = new Object();
    bounds.start(refresh, POOLS);
    Instant proven = bounds.take(refresh, new Horizon(server, at(seconds), writers));
    bounds.takeLane(refresh, LANE, proven, row);
    bounds.takeTimes(refresh, proven, row, row);
  }
}
