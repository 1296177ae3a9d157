package dev.waymark.worker.internal.base;

import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.model.RecordRef;
import java.util.List;

/** The errors that workers themselves throw, in the same wording as those of the store. */
public final class Refusals {
  private Refusals() {}

  public static RefusedException notFound(String attempted, RecordRef record, String expected) {
    return RefusedException.of(
        List.of(new Refusal(record, Reason.NOT_FOUND, attempted + " " + record, expected, "none")));
  }

  public static RefusedException otherRequest(RecordRef record, String found) {
    return RefusedException.of(
        List.of(
            new Refusal(
                record,
                Reason.ALREADY_EXISTS,
                "start " + record,
                "no such execution, or one of the same request",
                found)));
  }
}
