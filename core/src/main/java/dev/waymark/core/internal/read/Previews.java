package dev.waymark.core.internal.read;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.PayloadPreview;
import dev.waymark.core.model.PayloadRef;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/** The beginnings of payloads, and their order. */
public final class Previews {
  /** Those of the execution first, then by task run; in the order of their parts. */
  private static final Comparator<PayloadRef> ORDER =
      Comparator.<PayloadRef, Integer>comparing(ref -> isOfExecution(ref) ? 0 : 1)
          .thenComparing(ref -> owner(ref).toString())
          .thenComparing(PayloadRef::part)
          .thenComparing(Previews::number);

  private static final int CONTINUES = 0x80;
  private static final int LEAD_MASK = 0xc0;

  private Previews() {}

  private static boolean isOfExecution(PayloadRef ref) {
    return ref instanceof PayloadRef.OfExecution || ref instanceof PayloadRef.OfSignal;
  }

  /** The execution of a payload or of its signal, or the task run of it or of its attempt. */
  public static UUID owner(PayloadRef ref) {
    if (ref instanceof PayloadRef.OfExecution execution) {
      return execution.id().value();
    }
    if (ref instanceof PayloadRef.OfSignal signal) {
      return signal.execution().value();
    }
    return ref instanceof PayloadRef.OfTaskRun taskRun
        ? taskRun.id().value()
        : ((PayloadRef.OfAttempt) ref).id().taskRunId().value();
  }

  /** The number of the attempt or the signal of a payload, or 0. */
  public static int number(PayloadRef ref) {
    if (ref instanceof PayloadRef.OfSignal signal) {
      return signal.number();
    }
    return ref instanceof PayloadRef.OfAttempt attempt ? attempt.id().number() : 0;
  }

  /** Checks how many bytes of each payload are wanted. */
  public static int checkBytes(ExecutionId id, int maxBytes) {
    if (maxBytes < 0) {
      throw new InvalidInputException(
          maxBytes + " bytes of the payloads of execution " + id + " are too few; use 0 or more");
    }
    return maxBytes;
  }

  /** The previews in their order. */
  public static List<PayloadPreview> inOrder(List<PayloadPreview> previews) {
    return previews.stream().sorted(Comparator.comparing(PayloadPreview::ref, ORDER)).toList();
  }

  /**
   * The first of these bytes.
   *
   * @param maxBytes how many at most
   * @param isText whether they are UTF-8, which is cut between two characters only
   */
  public static byte[] start(byte[] bytes, int maxBytes, boolean isText) {
    int end = Math.min(bytes.length, maxBytes);
    while (isText && end > 0 && end < bytes.length && (bytes[end] & LEAD_MASK) == CONTINUES) {
      end--;
    }
    return Arrays.copyOf(bytes, end);
  }
}
