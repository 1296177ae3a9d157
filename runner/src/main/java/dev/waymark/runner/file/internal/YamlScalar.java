package dev.waymark.runner.file.internal;

import dev.waymark.core.internal.Text;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;

/**
 * A scalar.
 *
 * @param position where it begins
 * @param text its text, without quotes and escapes
 * @param kind its type by the core schema of YAML 1.2
 */
public record YamlScalar(Position position, String text, Kind kind) implements YamlNode {
  /** The type of a scalar. */
  public enum Kind {
    /** Null: {@code null}, {@code ~} or no text at all. */
    NULL,
    /** {@code true} or {@code false}. */
    BOOLEAN,
    /** A number. */
    NUMBER,
    /** Anything else. */
    STRING
  }

  /**
   * A longer number is a string: no key accepts such a number, and the time to parse a number grows
   * with the square of its length.
   */
  private static final int MAX_NUMBER_LENGTH = 40;

  /**
   * A number with a greater exponent is a string too: no size is that large, and the number written
   * out could take gigabytes.
   */
  private static final int MAX_EXPONENT = 300;

  private static final ScalarResolver CORE = new CoreScalarResolver(false);

  /** A scalar without quotes. Its text determines its type. */
  public static YamlScalar plain(Position position, String text) {
    return new YamlScalar(position, text, kindOf(text));
  }

  private static Kind kindOf(String text) {
    if (text.length() > MAX_NUMBER_LENGTH) {
      return Kind.STRING;
    }
    Tag tag = CORE.resolve(text, true);
    if (tag.equals(Tag.NULL)) {
      return Kind.NULL;
    }
    if (tag.equals(Tag.BOOL)) {
      return Kind.BOOLEAN;
    }
    return (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) && isUsable(text)
        ? Kind.NUMBER
        : Kind.STRING;
  }

  /** JSON has no infinity and no "not a number"; such values are strings here. */
  private static boolean isUsable(String text) {
    try {
      BigDecimal number = parse(text);
      return Math.abs((long) number.precision() - number.scale()) <= MAX_EXPONENT;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static BigDecimal parse(String text) {
    if (text.startsWith("0x")) {
      return new BigDecimal(new BigInteger(text.substring(2), 16));
    }
    if (text.startsWith("0o")) {
      return new BigDecimal(new BigInteger(text.substring(2), 8));
    }
    return new BigDecimal(text);
  }

  /** The value of a number. */
  public BigDecimal number() {
    return parse(text);
  }

  /** Whether this is a number without a fraction, such as {@code 3} or {@code 3.0}. */
  public boolean isWhole() {
    return kind == Kind.NUMBER
        && (number().signum() == 0 || number().stripTrailingZeros().scale() <= 0);
  }

  /** Whether this is a string. */
  public boolean isString() {
    return kind == Kind.STRING;
  }

  @Override
  public String describe() {
    return switch (kind) {
      case NULL -> "nothing";
      case BOOLEAN -> "the boolean " + text;
      case NUMBER -> "the number " + text;
      case STRING -> "the string " + Text.quote(text);
    };
  }
}
