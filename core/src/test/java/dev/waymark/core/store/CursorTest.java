package dev.waymark.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.Order;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A cursor")
class CursorTest {
  private static final ExecutionId ID =
      new ExecutionId(new UUID(0x018f2d1c7b5e7cc4L, 0x9e3a4f2b8a6d0c11L));
  private static final Instant TIME = Instant.parse("2026-03-01T12:00:00.123456Z");

  private static String text(int format, int order, long micros, int extraBytes) {
    ByteBuffer bytes = ByteBuffer.allocate(26 + extraBytes);
    bytes.put((byte) format).put((byte) order).putLong(micros);
    bytes
        .putLong(ID.value().getMostSignificantBits())
        .putLong(ID.value().getLeastSignificantBits());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  private static void assertRefused(String text) {
    assertThatThrownBy(() -> Cursor.parse(text))
        .as(text)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("cursor \"", "is not valid", "next");
  }

  @Test
  @DisplayName("can be read from its text, with any order, time and id")
  void roundTrip() {
    Random random = new Random(3);
    for (Order order : Order.values()) {
      for (Instant time :
          List.of(
              TIME,
              Instant.EPOCH,
              Instant.EPOCH.minusNanos(1_000),
              Instant.parse("0001-01-01T00:00:00Z"),
              Instant.parse("9999-12-31T23:59:59.999999Z"))) {
        Cursor cursor =
            new Cursor(
                order, time, new ExecutionId(new UUID(random.nextLong(), random.nextLong())));
        assertThat(Cursor.parse(cursor.toString())).isEqualTo(cursor);
      }
    }
  }

  @Test
  @DisplayName("is the position after an execution")
  void after() {
    Execution execution =
        new Execution(
            ID,
            new WorkflowId("w"),
            1,
            ExecutionState.PENDING,
            1,
            Map.of(),
            Map.of(),
            TIME,
            null,
            null,
            null);
    assertThat(Cursor.after(execution, Order.NEWEST)).isEqualTo(new Cursor(Order.NEWEST, TIME, ID));
  }

  @Test
  @DisplayName("is text that needs no escape in a URL or a shell")
  void text() {
    assertThat(new Cursor(Order.OLDEST, TIME, ID).toString()).matches("[A-Za-z0-9_-]{35}");
    assertThat(text(1, 0, 1_772_366_400_123_456L, 0))
        .isEqualTo(new Cursor(Order.OLDEST, TIME, ID).toString());
  }

  @Test
  @DisplayName("is refused when it is invalid")
  void garbage() {
    String good = new Cursor(Order.OLDEST, TIME, ID).toString();
    for (String bad :
        List.of(
            "",
            " ",
            "x",
            "null",
            "garbage",
            "{}",
            "\u00E4",
            "\uD83D\uDE80",
            good + "A",
            good.substring(1),
            " " + good,
            good + "\n",
            good.replace(good.charAt(4), '+'),
            "=".repeat(35))) {
      assertRefused(bad);
    }
    assertRefused(text(0, 0, 0, 0));
    assertRefused(text(2, 0, 0, 0));
    assertRefused(text(1, 2, 0, 0));
    assertRefused(text(1, -1, 0, 0));
    assertRefused(text(1, 0, 0, 1));
  }

  @Test
  @DisplayName("is refused at a time that no record can have")
  void impossibleTime() {
    assertRefused(text(1, 0, Long.MAX_VALUE, 0));
    assertRefused(text(1, 0, Long.MIN_VALUE, 0));
  }

  @Test
  @DisplayName("has only one text: padding and unused bits are refused")
  void oneText() {
    String good = new Cursor(Order.OLDEST, TIME, ID).toString();
    assertRefused(good + "=");
    char last = good.charAt(good.length() - 1);
    assertRefused(good.substring(0, good.length() - 1) + (char) (last + 1));
  }
}
