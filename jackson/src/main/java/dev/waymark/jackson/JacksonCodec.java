package dev.waymark.jackson;

import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadCodec;
import java.lang.reflect.Type;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Maps records and classes to JSON payloads and back by Jackson 3. Thread-safe.
 *
 * <pre>{@code
 * PayloadCodec codec = JacksonCodec.create();
 * Runner.Builder builder = Runner.builder(store).codec(codec);
 * }</pre>
 *
 * <p>A program brings {@code tools.jackson.core:jackson-databind}. {@link Jackson2Codec} is the
 * same for Jackson 2.
 *
 * @since 0.1.0
 */
public final class JacksonCodec implements PayloadCodec {
  private final JsonMapper mapper;

  private JacksonCodec(JsonMapper mapper) {
    this.mapper = mapper;
  }

  /**
   * A codec with these settings: unknown members of an object are ignored, null is no primitive,
   * and dates and times are text as in ISO 8601. The modules of Jackson that are on the class path
   * are used.
   */
  public static JacksonCodec create() {
    return of(
        JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .findAndAddModules()
            .build());
  }

  /** A codec that uses this mapper. */
  public static JacksonCodec of(JsonMapper mapper) {
    return new JacksonCodec(Objects.requireNonNull(mapper, "mapper"));
  }

  @Override
  public Payload encode(Object value) {
    String json;
    try {
      json = mapper.writeValueAsString(Objects.requireNonNull(value, "value"));
    } catch (JacksonException e) {
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
    } catch (JacksonException e) {
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
  private static String places(JacksonException e) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference each : e.getPath()) {
      Failures.addTo(path, each.getPropertyName(), each.getIndex());
    }
    return path.toString();
  }
}
