package dev.waymark.jdbc.internal.read;

import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The ids that begin with a piece of the canonical form of a UUID: all between two.
 *
 * @param least the least of them
 * @param greatest the greatest of them
 */
public record IdPrefix(UUID least, UUID greatest) {
  private static final String LEAST = "00000000-0000-0000-0000-000000000000";
  private static final String GREATEST = "ffffffff-ffff-ffff-ffff-ffffffffffff";
  private static final Pattern CANONICAL =
      Pattern.compile(
          "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

  /** The ids that begin with {@code prefix}, or null when no UUID does. */
  public static @Nullable IdPrefix of(String prefix) {
    if (prefix.length() > LEAST.length()
        || !CANONICAL.matcher(prefix + LEAST.substring(prefix.length())).matches()) {
      return null;
    }
    return new IdPrefix(
        UUID.fromString(prefix + LEAST.substring(prefix.length())),
        UUID.fromString(prefix + GREATEST.substring(prefix.length())));
  }
}
