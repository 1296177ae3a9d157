package dev.waymark.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadCodec;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

@DisplayName("The codec of Jackson 3")
class JacksonCodecTest extends CodecContract {
  @Override
  PayloadCodec codec() {
    return JacksonCodec.create();
  }

  @Test
  @DisplayName("uses the mapper of the caller")
  void ownMapper() {
    PayloadCodec strict =
        JacksonCodec.of(
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build());
    assertThatThrownBy(
            () -> strict.decode(Payload.json("{\"amount\": 1, \"x\": 1}"), Positive.class))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(" at x");
  }

  @Test
  @DisplayName("reads what the codec of Jackson 2 has written, and the other way round")
  void otherVersion() {
    PayloadCodec other = Jackson2Codec.create();
    assertThat(codec().decode(other.encode(ORDER), Order.class)).isEqualTo(ORDER);
    assertThat(other.decode(codec().encode(ORDER), Order.class)).isEqualTo(ORDER);
  }
}
