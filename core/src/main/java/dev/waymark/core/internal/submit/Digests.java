package dev.waymark.core.internal.submit;

import dev.waymark.core.internal.JsonText;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.Payload;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewWorkflow;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 over content in which each part follows its length. So different contents never have the
 * same input for the hash.
 */
public final class Digests {
  private static final int REQUEST_HASH_CHARS = 32;

  private final MessageDigest digest;

  private Digests() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static String content(NewWorkflow workflow) {
    return content(workflow.definition(), workflow.description(), workflow.labels());
  }

  /** The {@link dev.waymark.core.model.Workflow#contentHash()} of this content. */
  public static String content(
      String definition, @Nullable String description, Map<String, String> labels) {
    return new Digests().text(definition).text(description).map(labels).hex();
  }

  static String request(NewExecution execution) {
    Integer revision = execution.workflowRevision();
    return new Digests()
        .text(execution.workflowId().value())
        .text(revision == null ? null : revision.toString())
        .map(execution.labels())
        .input(execution.input())
        .parent(execution.parent())
        .hex()
        .substring(0, REQUEST_HASH_CHARS);
  }

  /** An execution that is no child has the same parts as in earlier versions of the store. */
  private Digests parent(NewExecution.@Nullable ParentTask parent) {
    return parent == null ? this : text(parent.taskRunId().toString()).text(parent.policy().name());
  }

  static String signal(String name, @Nullable Payload payload) {
    Digests digests = new Digests().text(name);
    if (payload != null) {
      digests.bytes(payload);
    }
    return digests.hex().substring(0, REQUEST_HASH_CHARS);
  }

  /** A map of texts, or none, has the same parts as in earlier versions of the store. */
  private Digests input(@Nullable Payload input) {
    Map<String, String> texts = input == null ? Map.of() : plainTexts(input);
    if (texts != null && (input == null || !texts.isEmpty())) {
      return map(texts);
    }
    return bytes(Objects.requireNonNull(input));
  }

  private Digests bytes(Payload payload) {
    byte[] bytes = payload.bytes();
    text(payload.mediaType()).number(bytes.length);
    digest.update(bytes);
    return this;
  }

  /** The map of which {@link Payload#ofTexts} makes this payload, or null when it makes none so. */
  static @Nullable Map<String, String> plainTexts(Payload payload) {
    if (!payload.mediaType().equals(Payload.JSON)) {
      return null;
    }
    Map<String, String> texts = JsonText.strings(payload.text());
    return texts != null && JsonText.write(new TreeMap<>(texts)).equals(payload.text())
        ? texts
        : null;
  }

  private Digests map(Map<String, String> map) {
    number(map.size());
    map.forEach((name, value) -> text(name).text(value));
    return this;
  }

  private Digests text(@Nullable String text) {
    if (text == null) {
      number(-1);
    } else {
      byte[] bytes = Text.utf8(text);
      number(bytes.length);
      digest.update(bytes);
    }
    return this;
  }

  private void number(int number) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
  }

  private String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
