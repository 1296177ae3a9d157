package dev.waymark.worker.internal.base;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRunId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** Ids that are derived from names: the same names give the same id everywhere. */
public final class NamedIds {
  private static final long VERSION_8 = 0x8000L;
  private static final long VARIANT = 0x8000_0000_0000_0000L;

  private NamedIds() {}

  /**
   * The id of a child of a task run: the same in each attempt, and another for each name.
   *
   * @throws InvalidInputException when the name is empty, or not well-formed text
   */
  public static ExecutionId child(TaskRunId parent, String name) {
    Text.wellFormed("name of a child", name);
    if (name.isEmpty()) {
      throw new InvalidInputException(
          "the name of a child of task run " + parent + " is empty; give it one");
    }
    return new ExecutionId(uuid("child", parent.toString(), name));
  }

  /** A UUID of version 8 (RFC 9562, section 5.8) from the SHA-256 of these parts. */
  public static UUID uuid(String... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
      }
      ByteBuffer hash = ByteBuffer.wrap(digest.digest());
      long most = (hash.getLong() & ~0xf000L) | VERSION_8;
      long least = (hash.getLong() & ~(0b11L << 62)) | VARIANT;
      return new UUID(most, least);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
