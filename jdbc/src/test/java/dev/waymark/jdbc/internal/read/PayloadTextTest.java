package dev.waymark.jdbc.internal.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.internal.Text;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadPreview;
import dev.waymark.core.model.PayloadRef;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The text of a payload")
class PayloadTextTest {
  private static final PayloadRef REF = PayloadRef.resultOf(Ids.system().executionId());

  private static List<Payload> payloads() {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    return List.of(
        Payload.json("7"),
        Payload.json(" {} "),
        Payload.json("{}"),
        Payload.json("\"data:text/plain;base64,eA\""),
        Payload.of("application/problem+json", Text.utf8("{\"é\": \"🚀\"}")),
        Payload.of("a/b; c=\";base64,\"", new byte[] {1}),
        Payload.of("a/b", new byte[0]),
        Payload.of("a/b", new byte[] {1, 2}),
        Payload.of("a/b", all));
  }

  @Test
  @DisplayName("is JSON as it is, or a data URL")
  void text() {
    assertThat(PayloadText.write(null)).isEqualTo("{}");
    assertThat(PayloadText.write(Payload.json("[ 7 ]"))).isEqualTo("[ 7 ]");
    assertThat(PayloadText.write(Payload.json("{}"))).isEqualTo("data:application/json;base64,e30");
    assertThat(PayloadText.write(Payload.of("text/plain", Text.utf8("ok"))))
        .isEqualTo("data:text/plain;base64,b2s");
  }

  @Test
  @DisplayName("is read as it was written")
  void roundTrip() {
    assertThat(PayloadText.read(PayloadText.write(null))).isNull();
    for (Payload payload : payloads()) {
      assertThat(PayloadText.read(PayloadText.write(payload))).isEqualTo(payload);
    }
  }

  @Test
  @DisplayName("shows type, size and beginning by its first characters")
  void preview() {
    for (Payload payload : payloads()) {
      String text = PayloadText.write(payload);
      for (int most : new int[] {0, 1, 2, 3, 4, 5, 100, 255, 256, 1_000, Integer.MAX_VALUE}) {
        int chars = Math.min(PayloadText.charsFor(most), text.codePointCount(0, text.length()));
        String prefix = text.substring(0, text.offsetByCodePoints(0, chars));
        PayloadPreview found = PayloadText.preview(REF, Text.utf8Bytes(text), prefix, most);
        assertThat(found.mediaType()).isEqualTo(payload.mediaType());
        assertThat(found.size()).isEqualTo(payload.size());
        byte[] start = Arrays.copyOf(payload.bytes(), found.start().length);
        assertThat(found.start()).isEqualTo(start).hasSizeLessThanOrEqualTo(most);
        assertThat(found.start().length).isGreaterThanOrEqualTo(Math.min(payload.size(), most) - 3);
        if (!payload.isJson()) {
          assertThat(found.start()).hasSize(Math.min(payload.size(), most));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "data:",
        "data:text/plain,x",
        "data:;base64,",
        "data:a/b;base64,?",
        "DATA:a/b;base64,"
      })
  @DisplayName("that no payload has is not read")
  void damaged(String text) {
    assertThatThrownBy(() -> Objects.requireNonNull(PayloadText.read(text)))
        .isInstanceOf(RuntimeException.class);
  }
}
