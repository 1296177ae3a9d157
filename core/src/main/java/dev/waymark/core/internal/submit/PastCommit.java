package dev.waymark.core.internal.submit;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The record of a commit, from which a repeated commit gets the same result. The caller supplies
 * the change set again, which names the records. So the record needs only the versions. The
 * fingerprint shows when a commit id is used for another change set.
 *
 * @param id the commit id
 * @param at the time of the commit
 * @param fingerprint that of the change set, see {@link Submission#fingerprint()}
 * @param versions the version of each outcome in order, separated by spaces; the version of an
 *     outcome that did not change its record ends in {@code =}
 */
public record PastCommit(CommitId id, Instant at, long fingerprint, String versions) {

  /** The record of an accepted change set. */
  public static PastCommit of(Submission submission, CommitResult result) {
    StringBuilder versions = new StringBuilder();
    for (Outcome outcome : result.outcomes()) {
      versions
          .append(versions.isEmpty() ? "" : " ")
          .append(outcome.version())
          .append(outcome.changed() ? "" : "=");
    }
    return new PastCommit(result.id(), result.at(), submission.fingerprint(), versions.toString());
  }

  /** Whether this is the record of that submission, not of another one with the same id. */
  public boolean isOf(Submission submission) {
    return fingerprint == submission.fingerprint();
  }

  /** The result that the commit returned. */
  public CommitResult answerTo(ChangeSet changes) {
    String[] parts = versions.split(" ", -1);
    List<Outcome> outcomes = new ArrayList<>(parts.length);
    for (int i = 0; i < parts.length; i++) {
      boolean changed = !parts[i].endsWith("=");
      long version =
          Long.parseLong(changed ? parts[i] : parts[i].substring(0, parts[i].length() - 1));
      outcomes.add(new Outcome(record(changes.changes().get(i), version), version, changed));
    }
    return new CommitResult(id, at, outcomes);
  }

  private static RecordRef record(Change change, long version) {
    return change instanceof Change.RecordAttempt attempt
        ? RecordRef.of(new AttemptId(attempt.taskRunId(), (int) version))
        : change.target();
  }
}
