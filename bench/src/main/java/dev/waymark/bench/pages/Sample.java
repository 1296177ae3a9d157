package dev.waymark.bench.pages;

import dev.waymark.core.model.ExecutionState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The executions of a large store, in the order of their creation: 90 days, and 100 workflows of
 * which a few have most of the executions. Most executions succeeded, and every tenth has a label.
 * The same size gives the same executions, except for the days.
 */
final class Sample implements Iterator<Sample.Row> {
  /** The workflows. Earlier ones have more executions. */
  static final List<String> WORKFLOWS =
      IntStream.range(0, 100)
          .mapToObj(i -> String.format(Locale.ROOT, "workflow-%02d", i))
          .toList();

  private static final List<String> TEAMS = List.of("data", "ml", "ops", "web");
  private static final long DAYS_MICROS = 90L * 24 * 3600 * 1_000_000;

  private final long size;
  private final long firstMicros;
  private final SplittableRandom random;
  private final double[] shares = shares();
  private long made;

  /** Creates this number of executions. The last one is from today. */
  Sample(long size, Instant today) {
    this.size = size;
    this.firstMicros = micros(today) - DAYS_MICROS;
    this.random = new SplittableRandom(size);
  }

  /**
   * One execution.
   *
   * @param team the value of its label, or null when it has none
   */
  record Row(
      UUID id,
      String workflow,
      ExecutionState state,
      int version,
      String requestHash,
      long createdMicros,
      @Nullable Long startedMicros,
      @Nullable Long endedMicros,
      @Nullable String error,
      @Nullable String team) {

    /** Its labels in the form in which the store keeps them. */
    String labels() {
      return "{\"team\":\"" + team + "\"}";
    }
  }

  @Override
  public boolean hasNext() {
    return made < size;
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    double step = (double) DAYS_MICROS / size;
    long created = firstMicros + (long) ((made++ + random.nextDouble()) * step);
    ExecutionState state = state(random.nextInt(1_000));
    boolean started = state != ExecutionState.PENDING;
    long startedAt = created + 1_000 + random.nextInt(500_000);
    return new Row(
        id(created),
        workflow(),
        state,
        started ? state.isTerminal() ? 3 : 2 : 1,
        HexFormat.of().toHexDigits(random.nextLong())
            + HexFormat.of().toHexDigits(random.nextLong()),
        created,
        started ? startedAt : null,
        state.isTerminal() ? startedAt + random.nextInt(600_000_000) : null,
        state == ExecutionState.FAILED ? "task load: attempt 3 exited with code 1" : null,
        random.nextInt(10) == 0 ? TEAMS.get(random.nextInt(TEAMS.size())) : null);
  }

  private static ExecutionState state(int ofThousand) {
    if (ofThousand < 930) {
      return ExecutionState.SUCCEEDED;
    }
    if (ofThousand < 970) {
      return ExecutionState.FAILED;
    }
    if (ofThousand < 980) {
      return ExecutionState.CANCELLED;
    }
    return ofThousand < 990 ? ExecutionState.RUNNING : ExecutionState.PENDING;
  }

  /** A UUIDv7 for that time. */
  private UUID id(long micros) {
    long high = ((micros / 1_000) << 16) | 0x7000L | ((micros % 1_000) * 4);
    return new UUID(high, (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L);
  }

  private String workflow() {
    int found = Arrays.binarySearch(shares, random.nextDouble());
    return WORKFLOWS.get(found < 0 ? -found - 1 : found);
  }

  /** Cumulative sums of 1/1, 1/2, 1/3 … (Zipf's law), scaled so that the last is 1. */
  private static double[] shares() {
    double[] sums = new double[WORKFLOWS.size()];
    double sum = 0;
    for (int i = 0; i < sums.length; i++) {
      sum += 1.0 / (i + 1);
      sums[i] = sum;
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] = i == sums.length - 1 ? 1 : sums[i] / sum;
    }
    return sums;
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }
}
