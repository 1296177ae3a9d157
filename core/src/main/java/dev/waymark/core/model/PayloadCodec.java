package dev.waymark.core.model;

import java.lang.invoke.MethodType;
import java.lang.reflect.Type;

/**
 * Maps values of a program, such as records, to {@linkplain Payload payloads} and back.
 *
 * <p>The module {@code waymark-jackson} has codecs that use Jackson. An own codec can use any other
 * format:
 *
 * <pre>{@code
 * record Tea(String name, int grams) {}
 * PayloadCodec codec = JacksonCodec.create();
 * Payload input = codec.encode(new Tea("Assam", 250));
 * Tea tea = codec.decode(input, Tea.class);
 * }</pre>
 *
 * <p>Implementations are thread-safe. Their errors name types and places, and not the content,
 * which may be secret: an error can end in a log and in the history of an execution.
 *
 * @since 0.1.0
 */
public interface PayloadCodec {

  /**
   * Maps a value to a payload.
   *
   * @throws dev.waymark.core.error.InvalidInputException when this codec cannot map the value
   */
  Payload encode(Object value);

  /**
   * Maps a payload to a value, which is never null.
   *
   * @param type a class, or a generic type such as that of a parameter
   * @throws dev.waymark.core.error.InvalidInputException when the payload has another media type
   *     than this codec reads, or is no value of this type
   */
  Object decode(Payload payload, Type type);

  /**
   * Maps a payload to a value of a class, as {@link #decode(Payload, Type)}.
   *
   * @param <T> the class
   */
  @SuppressWarnings("unchecked") // the class of a primitive type has the type of its wrapper
  default <T> T decode(Payload payload, Class<T> type) {
    return (T) MethodType.methodType(type).wrap().returnType().cast(decode(payload, (Type) type));
  }
}
