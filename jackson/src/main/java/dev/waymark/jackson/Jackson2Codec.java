package dev.waymark.jackson;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadCodec;
import java.lang.reflect.Type;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Maps records and classes to JSON payloads and back by Jackson 2. Thread-safe.
 *
 * <pre>{@code
 * PayloadCodec codec = Jackson2Codec.create();
 * Runner.Builder builder = Runner.builder(store).codec(codec);
 * }</pre>
 *
 * <p>A program brings {@code com.fasterxml.jackson.core:jackson-databind}, {@code
 * jackson-datatype-jsr310} for dates and times, and {@code jackson-datatype-jdk8} for Optional.
 * {@link JacksonCodec} is the same for Jackson 3. Both read what the other has written, with their
 * own mappers.
 *
 * @since 0.1.0
 */
public final class Jackson2Codec implements PayloadCodec {
  private final ObjectMapper mapper;

  private Jackson2Codec(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  /**
   * A codec with the settings of {@link JacksonCodec#create}: unknown members of an object are
   * ignored, null is no primitive, and dates and times are text as in ISO 8601. The modules of
   * Jackson that are on the class path are used.
   */
  public static Jackson2Codec create() {
    return of(
        JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .findAndAddModules()
            .build());
  }

  /** A codec that uses this mapper, which writes JSON. */
  public static Jackson2Codec of(ObjectMapper mapper) {
    return new Jackson2Codec(Objects.requireNonNull(mapper, "mapper"));
  }

  @Override
  public Payload encode(Object value) {
    String json;
    try {
      json = mapper.writeValueAsString(Objects.requireNonNull(value, "value"));
    } catch (JsonProcessingException e) {
      throw Failures.encode(value, places(e), e);
    }
    return Payload.json(json);
  }

  @Override
  public Object decode(Payload payload, Type type) {
    Failures.checkJson(payload, type);
    @Nullable Object value;
    try {
      value = mapper.readValue(payload.text(), mapper.constructType(type));
    } catch (JsonProcessingException e) {
      Class<?> wanted =
          e instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
      throw Failures.decode(payload, type, places(e), wanted, e);
    } catch (IllegalArgumentException e) {
      throw Failures.unknownType(type);
    }
    if (value == null) {
      throw Failures.isNull(type);
    }
    return value;
  }

  /** The way to the failed place: names of members and indexes, {@code lines[0].amount}. */
  private static String places(JsonProcessingException e) {
    StringBuilder path = new StringBuilder();
    if (e instanceof JsonMappingException mapping) {
      for (JsonMappingException.Reference each : mapping.getPath()) {
        Failures.addTo(path, each.getFieldName(), each.getIndex());
      }
    }
    return path.toString();
  }
}
