package dev.waymark.runner.internal.process;

import dev.waymark.core.internal.Leases;
import dev.waymark.core.model.Signal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a handler has asked for: that its task waits when the attempt has succeeded.
 *
 * @param signal the name of the signal for which it waits, or null for a time only
 * @param time how long it waits at most, or null without an end
 */
public record HandlerWait(@Nullable String signal, @Nullable Duration time) {

  /** Checks the name and the time. */
  public HandlerWait {
    if (signal != null) {
      Signal.checkName(signal);
    }
    if (time != null) {
      Leases.checkDelay("the time that a task waits", time);
    }
  }
}
