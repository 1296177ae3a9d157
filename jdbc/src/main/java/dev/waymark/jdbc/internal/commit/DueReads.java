package dev.waymark.jdbc.internal.commit;

import dev.waymark.jdbc.internal.read.Reported;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When a claim must read what is due and which leases have expired, and when it may rely on what an
 * earlier claim of this store has read. Reading it costs as much as claiming a task run, and
 * several claims a millisecond would read the same.
 *
 * <p>A claim must read it when none of this store has within the last {@link #INTERVAL}, or when a
 * commit of this store has marked something as due since. Other claims report nothing, and ask the
 * worker to claim again when that time is over. So a worker never sleeps past anything.
 * Thread-safe.
 */
final class DueReads {
  /** How long what is due may wait while claims get all that they ask for. */
  static final Duration INTERVAL = Duration.ofMillis(200);

  private final LongSupplier nanoTime;
  private long marks;
  private @Nullable Reported last;
  private Begin begin = new Begin(0, 0);

  /** Measures time with this monotonic clock. */
  DueReads(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * The begin of a transaction that may read what is due.
   *
   * @param nanos the monotonic time
   * @param marks how many commits had marked something as due
   */
  record Begin(long nanos, long marks) {}

  /** Notes that a commit has marked something as due. */
  synchronized void mark() {
    marks++;
  }

  /** Called before the transaction reads anything. */
  synchronized Begin begin() {
    return new Begin(nanoTime.getAsLong(), marks);
  }

  /** Whether a transaction with this begin must read what is due. */
  synchronized boolean isNeeded(Begin now) {
    return last == null
        || now.marks() != begin.marks()
        || now.nanos() - begin.nanos() >= INTERVAL.toNanos();
  }

  /** Notes what a transaction has read. */
  synchronized void read(Begin since, Reported found) {
    if (last == null || since.nanos() - begin.nanos() >= 0) {
      last = found;
      begin = since;
    }
  }

  /** What a claim reports that has read nothing. */
  synchronized Reported withoutReading() {
    Duration passed = Duration.ofNanos(nanoTime.getAsLong() - begin.nanos());
    Duration next = rest(INTERVAL, passed);
    Duration nextExpiry = null;
    if (last != null && last.next() != null) {
      Duration known = rest(last.next(), passed);
      next = known.compareTo(next) < 0 ? known : next;
    }
    if (last != null && last.nextExpiry() != null) {
      nextExpiry = rest(last.nextExpiry(), passed);
    }
    return new Reported(List.of(), List.of(), next, nextExpiry);
  }

  /** What is left of a time, to the microsecond as everywhere. */
  private static Duration rest(Duration time, Duration passed) {
    long micros = TimeUnit.NANOSECONDS.toMicros(time.minus(passed).toNanos());
    return Duration.of(Math.max(0, micros), ChronoUnit.MICROS);
  }
}
