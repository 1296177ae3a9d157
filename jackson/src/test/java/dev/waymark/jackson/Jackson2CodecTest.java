package dev.waymark.jackson;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadCodec;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The codec of Jackson 2")
class Jackson2CodecTest extends CodecContract {
  @Override
  PayloadCodec codec() {
    return Jackson2Codec.create();
  }

  @Test
  @DisplayName("uses the mapper of the caller")
  void ownMapper() {
    PayloadCodec strict = Jackson2Codec.of(JsonMapper.builder().build());
    assertThatThrownBy(
            () -> strict.decode(Payload.json("{\"amount\": 1, \"x\": 1}"), Positive.class))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(" at x");
  }
}
