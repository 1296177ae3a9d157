package dev.waymark.core.query;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.internal.Times;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

/**
 * A position in a list of executions: directly after one execution, in one order. A cursor stays
 * valid when executions are added. Reading from a cursor costs the same at any depth. Treat its
 * text as opaque.
 *
 * <p>For example:
 *
 * <pre>{@code
 * Page<Execution> first = store.executions(ExecutionQuery.builder().limit(50).build());
 * if (first.next() != null) {
 *   Page<Execution> second =
 *       store.executions(ExecutionQuery.builder().limit(50).after(first.next()).build());
 * }
 * }</pre>
 *
 * @param order the order of the list
 * @param createdAt time of creation of the execution before this position
 * @param id the execution before this position
 * @since 0.1.0
 */
public record Cursor(Order order, Instant createdAt, ExecutionId id) {
  private static final byte FORMAT = 1;
  private static final byte OLDEST = 0;
  private static final byte NEWEST = 1;
  private static final int BYTES = 26;

  /**
   * Checks the time.
   *
   * @throws InvalidInputException when no record can have this time
   */
  public Cursor {
    if (!Times.isStored(createdAt)) {
      throw new InvalidInputException(
          "cursor time "
              + createdAt
              + " is not valid; use whole microseconds within the years 1 to 9999");
    }
  }

  /** The position directly after {@code execution} in a list of this order. */
  public static Cursor after(Execution execution, Order order) {
    return new Cursor(order, execution.createdAt(), execution.id());
  }

  /**
   * Reads a cursor from its text.
   *
   * @throws InvalidInputException when the text is not that of a cursor
   */
  public static Cursor parse(String text) {
    try {
      ByteBuffer in = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
      if (in.remaining() == BYTES && in.get() == FORMAT) {
        Order order = in.get() == OLDEST ? Order.OLDEST : Order.NEWEST;
        Instant createdAt = Times.ofMicros(in.getLong());
        ExecutionId id = new ExecutionId(new UUID(in.getLong(), in.getLong()));
        // Each position has exactly one text, and only a time that a record can have.
        if (Times.isStored(createdAt)) {
          Cursor cursor = new Cursor(order, createdAt, id);
          if (cursor.toString().equals(text)) {
            return cursor;
          }
        }
      }
    } catch (IllegalArgumentException e) {
      // Not base64: the same error as for any other text that is not a cursor.
    }
    throw new InvalidInputException(
        "cursor "
            + Text.quote(text)
            + " is not valid; pass the \"next\" of an earlier page unchanged");
  }

  /** The text that {@link #parse} reads. */
  @Override
  public String toString() {
    ByteBuffer out = ByteBuffer.allocate(BYTES);
    out.put(FORMAT).put(order == Order.OLDEST ? OLDEST : NEWEST).putLong(Times.toMicros(createdAt));
    out.putLong(id.value().getMostSignificantBits()).putLong(id.value().getLeastSignificantBits());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(out.array());
  }
}
