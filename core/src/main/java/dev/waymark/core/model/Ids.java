package dev.waymark.core.model;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Generates ids in UUIDv7 format (RFC 9562, section 5.7). The twelve bits after the version hold
 * the fraction of the millisecond (method 3 of section 6.2). Ids of one instance increase strictly,
 * also within one microsecond and when the clock steps back. Thread-safe.
 *
 * <p>The clock and the source of randomness are injected, so that a test can replay a run from its
 * seed.
 *
 * @since 0.1.0
 */
public final class Ids {
  private static final int FRACTIONS_PER_MILLI = 1 << 12;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final InstantSource clock;
  private final RandomGenerator random;
  private long lastTick;

  /** Generates ids from this clock and this source of randomness. */
  public Ids(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /** Generates ids from the system clock and secure randomness. */
  public static Ids system() {
    return new Ids(InstantSource.system(), new SecureRandom());
  }

  /** A new execution id. */
  public ExecutionId executionId() {
    return new ExecutionId(next());
  }

  /** A new task run id. */
  public TaskRunId taskRunId() {
    return new TaskRunId(next());
  }

  /** A new commit id. */
  public CommitId commitId() {
    return new CommitId(next());
  }

  private UUID next() {
    long low;
    long tick;
    synchronized (this) {
      tick = Math.max(ticks(clock.instant()), lastTick + 1);
      lastTick = tick;
      low = random.nextLong();
    }
    long millis = Math.floorDiv(tick, FRACTIONS_PER_MILLI);
    long fraction = Math.floorMod(tick, FRACTIONS_PER_MILLI);
    long high = (millis << 16) | 0x7000L | fraction;
    return new UUID(high, (low & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L);
  }

  /** Time in units of 1/4096 millisecond. */
  private static long ticks(Instant time) {
    long millis = time.toEpochMilli();
    long nanosOfMilli = Duration.between(Instant.ofEpochMilli(millis), time).toNanos();
    return millis * FRACTIONS_PER_MILLI + nanosOfMilli * FRACTIONS_PER_MILLI / NANOS_PER_MILLI;
  }
}
