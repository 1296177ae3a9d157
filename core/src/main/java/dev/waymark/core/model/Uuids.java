package dev.waymark.core.model;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Parses and compares UUIDs. {@link UUID} parses leniently and compares as signed numbers; this
 * class parses strictly and compares as unsigned numbers.
 */
final class Uuids {
  private static final Pattern CANONICAL =
      Pattern.compile(
          "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

  private Uuids() {}

  static UUID parse(String what, String text) {
    if (!CANONICAL.matcher(text).matches()) {
      throw new InvalidInputException(
          what
              + " "
              + Text.quote(text)
              + " is not a UUID; expected 36 characters such as 018f2d1c-7b5e-7cc4-9e3a-4f2b8a6d0c11");
    }
    return UUID.fromString(text);
  }

  static int compare(UUID a, UUID b) {
    int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
    return high != 0
        ? high
        : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
  }
}
