package dev.waymark.cli.internal.output;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadPreview;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.Signal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The fields of payloads; their names are part of the contract. */
public final class PayloadFields {
  private static final int LONGEST_WORDS = 200;

  private final Map<PayloadRef, PayloadPreview> payloads;

  /** The fields of the payloads of one execution. */
  public PayloadFields(List<PayloadPreview> payloads) {
    this.payloads = payloads.stream().collect(Collectors.toMap(PayloadPreview::ref, each -> each));
  }

  /** Adds the payloads that an execution or a task run may have. */
  void add(Map<String, @Nullable Object> fields, PayloadRef input, PayloadRef result) {
    fields.put("input", of(input));
    fields.put("result", of(result));
  }

  /** Adds the payload that an attempt may have. */
  void add(Map<String, @Nullable Object> fields, AttemptId attempt) {
    fields.put("details", of(PayloadRef.detailsOf(attempt)));
  }

  /** Adds the payload that a signal may have. */
  void add(Map<String, @Nullable Object> fields, Signal signal) {
    fields.put("payload", of(PayloadRef.ofSignal(signal.executionId(), signal.number())));
  }

  private @Nullable Map<String, @Nullable Object> of(PayloadRef ref) {
    PayloadPreview preview = payloads.get(ref);
    if (preview == null) {
      return null;
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("mediaType", preview.mediaType());
    fields.put("size", preview.size());
    fields.put("truncated", !preview.isWhole());
    String text = text(preview);
    fields.put("text", text);
    fields.put("base64", text != null ? null : Base64.getEncoder().encodeToString(preview.start()));
    return fields;
  }

  /** A payload in a few words, or null when there is none. */
  public @Nullable String inWords(PayloadRef ref) {
    PayloadPreview preview = payloads.get(ref);
    if (preview == null) {
      return null;
    }
    String text = text(preview);
    if (text != null
        && preview.isWhole()
        && text.length() <= LONGEST_WORDS
        && text.lines().count() == 1) {
      return text;
    }
    return String.format(Locale.ROOT, "%s, %,d bytes", preview.mediaType(), preview.size());
  }

  /** The beginning as text, if its type is a text and it is UTF-8. */
  private static @Nullable String text(PayloadPreview preview) {
    String type = preview.mediaType();
    if (!Payload.isJson(type) && !type.regionMatches(true, 0, "text/", 0, "text/".length())) {
      return null;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(preview.start()))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
