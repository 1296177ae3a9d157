package dev.waymark.spring.internal.run;

import dev.waymark.spring.WaymarkProperties;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the time of a shutdown phase is divided: first the attempts may end, then those that are left
 * are stopped, then their end is recorded.
 *
 * @param drain how long attempts may take to end
 * @param grace how long an attempt has to end once it is stopped
 */
public record ShutdownTimes(Duration drain, Duration grace) {
  private static final Logger LOG = LoggerFactory.getLogger(ShutdownTimes.class);
  private static final Duration RECORDING = Duration.ofSeconds(2);
  private static final int SHARES = 3;

  /**
   * Divides the time.
   *
   * @param phase the time-out of the shutdown phase
   */
  public static ShutdownTimes of(WaymarkProperties.Runner settings, Duration phase) {
    Duration share = phase.dividedBy(SHARES);
    Duration grace = shorter(settings.grace(), share);
    Duration left = phase.minus(grace).minus(shorter(RECORDING, share));
    Duration wanted = settings.drainTimeout();
    if (wanted != null && wanted.compareTo(left) > 0) {
      LOG.warn(
          "waymark.runner.drain-timeout is {} ms, but spring.lifecycle.timeout-per-shutdown-phase"
              + " leaves {} ms of its {} ms for it; raise the time-out of the phase",
          wanted.toMillis(),
          left.toMillis(),
          phase.toMillis());
    }
    return new ShutdownTimes(wanted == null ? left : shorter(wanted, left), grace);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }
}
