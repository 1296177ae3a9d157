package dev.waymark.runner.internal;

import dev.waymark.core.model.RecordRef;
import dev.waymark.core.store.Refusal;
import dev.waymark.core.store.Refusal.Reason;
import dev.waymark.core.store.RefusedException;
import java.util.List;

/** The refusals that the runner itself gives, in the words of the store's own. */
final class Refusals {
  private Refusals() {}

  static RefusedException notFound(String attempted, RecordRef record, String expected) {
    return RefusedException.of(
        List.of(new Refusal(record, Reason.NOT_FOUND, attempted + " " + record, expected, "none")));
  }

  static RefusedException otherRequest(RecordRef record, String found) {
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
