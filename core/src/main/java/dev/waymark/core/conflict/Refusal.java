package dev.waymark.core.conflict;

import dev.waymark.core.model.RecordRef;
import java.io.Serializable;

/**
 * Why the store refused a change set: the conflict with one record.
 *
 * @param record the record
 * @param reason the kind of reason
 * @param attempted what the change set tried to do; names the record
 * @param expected what the store expects, as text
 * @param found what the store holds, as text
 * @since 0.1.0
 */
public record Refusal(
    RecordRef record, Reason reason, String attempted, String expected, String found)
    implements Serializable {

  /** The kinds of reasons. */
  public enum Reason {
    /** The record, or one that it belongs to, does not exist. */
    NOT_FOUND,
    /** A record with this identity already exists, with other content. */
    ALREADY_EXISTS,
    /** The record has another version than the change set expects. */
    STALE_VERSION,
    /** The table of moves does not allow this move. */
    ILLEGAL_MOVE,
    /**
     * The change does not fit the state of a related record or of the record itself. For example,
     * it would end a task run whose attempt is live, or add a task run to an execution that has
     * ended.
     */
    OUT_OF_STEP,
    /**
     * The attempt that writes is not the live attempt of its task run, or another start of a worker
     * owns its name.
     */
    LEASE_LOST,
    /** The execution has ended; the change can only be made before that. */
    ENDED
  }

  /**
   * Returns one sentence: what was attempted on which record, what was expected and what was found.
   */
  public String message() {
    return "cannot " + attempted + ": expected " + expected + ", found " + found;
  }
}
