package dev.waymark.runner.internal.process;

import dev.waymark.core.internal.Leases;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Signal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a handler has asked for: that its task waits when the attempt has succeeded.
 *
 * @param signal the name of the signal for which it waits, or null
 * @param child the child for whose end it waits, or null
 * @param time how long it waits at most, or null without an end
 */
public record HandlerWait(
    @Nullable String signal, @Nullable ExecutionId child, @Nullable Duration time)
    implements FollowUp {

  /** Checks the name and the time. */
  public HandlerWait {
    if (signal != null) {
      Signal.checkName(signal);
    }
    if (time != null) {
      Leases.checkDelay("the time that a task waits", time);
    }
  }

  /** A wait for a time. */
  public static HandlerWait forTime(Duration time) {
    return new HandlerWait(null, null, time);
  }

  /** A wait for a signal. */
  public static HandlerWait forSignal(String name, @Nullable Duration timeout) {
    return new HandlerWait(name, null, timeout);
  }

  /** A wait for the end of a child. */
  public static HandlerWait forChild(ExecutionId child, @Nullable Duration timeout) {
    return new HandlerWait(null, child, timeout);
  }
}
