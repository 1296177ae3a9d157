package dev.waymark.jackson;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.Payload;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * The errors of the codecs. They name types, places and the kind of the failure. The message of
 * Jackson, which may quote the content, is left out, and so is its exception as the cause.
 */
final class Failures {
  private static final int LONGEST_PATH = 200;
  private static final String CUT = "…";

  private Failures() {}

  /** Adds a step of a path: the name of a member, or an index. */
  static void addTo(StringBuilder path, @Nullable String name, int index) {
    if (path.length() > LONGEST_PATH) {
      path.append(path.toString().endsWith(CUT) ? "" : CUT);
    } else if (name == null) {
      path.append('[').append(index).append(']');
    } else {
      path.append(path.isEmpty() ? "" : ".").append(name);
    }
  }

  static InvalidInputException encode(Object value, String path, Exception cause) {
    return new InvalidInputException(
        "a value of "
            + value.getClass().getTypeName()
            + " cannot be written as JSON"
            + at(path)
            + " ("
            + kind(cause)
            + "); change the class, or give the codec a mapper that writes it");
  }

  static void checkJson(Payload payload, Type type) {
    if (!payload.isJson()) {
      throw new InvalidInputException(
          "a payload of "
              + payload
              + " is no JSON, so it cannot be read as "
              + type.getTypeName()
              + "; read its bytes, or use a codec for this media type");
    }
  }

  static InvalidInputException decode(
      Payload payload, Type type, String path, @Nullable Class<?> wanted, Exception cause) {
    return new InvalidInputException(
        "a payload of "
            + payload
            + " cannot be read as "
            + type.getTypeName()
            + at(path)
            + (wanted == null ? "" : ": there is no value that fits " + wanted.getTypeName())
            + " ("
            + kind(cause)
            + "); change the payload, the class, or the mapper of the codec");
  }

  static InvalidInputException isNull(Type type) {
    return new InvalidInputException(
        "a payload is null in JSON, which is no " + type.getTypeName() + "; store no payload");
  }

  static InvalidInputException unknownType(Type type) {
    return new InvalidInputException(
        "no JSON can be read as "
            + type.getTypeName()
            + "; use a class, or a type whose parameters are known");
  }

  private static String at(String path) {
    return path.isEmpty() ? "" : " at " + path;
  }

  private static String kind(Exception cause) {
    Throwable reason = cause.getCause() == null ? cause : cause.getCause();
    return reason.getClass().getSimpleName();
  }
}
