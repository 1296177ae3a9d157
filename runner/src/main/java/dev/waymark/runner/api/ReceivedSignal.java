package dev.waymark.runner.api;

import dev.waymark.core.model.Payload;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The signal that has ended the wait of a task.
 *
 * @param name its name
 * @param number its number in the execution, from 1
 * @param sentAt when it was sent
 * @param payload what it carries, or null
 * @since 0.1.0
 */
public record ReceivedSignal(String name, int number, Instant sentAt, @Nullable Payload payload) {

  /** The text of the payload; empty when it carries none. */
  public String text() {
    return payload == null ? "" : payload.text();
  }
}
