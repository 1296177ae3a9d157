package dev.waymark.core.conflict;

import dev.waymark.core.model.RecordRef;
import java.io.Serializable;

/**
 * Why one record stood against a change set.
 *
 * @param record the record
 * @param reason the kind of reason
 * @param attempted what the change set wanted, in words that name the record
 * @param expected what would have been accepted, in words
 * @param found what the store holds, in words
 */
public record Refusal(
    RecordRef record, Reason reason, String attempted, String expected, String found)
    implements Serializable {

  /** The kinds of reason. */
  public enum Reason {
    /** The record, or one that it belongs to, does not exist. */
    NOT_FOUND,
    /** A record with this identity is there already, with other content. */
    ALREADY_EXISTS,
    /** The record is at another version than the change set expects. */
    STALE_VERSION,
    /** The table of moves does not have this move. */
    ILLEGAL_MOVE,
    /**
     * The move would end a record while one that belongs to it is live, or give life to one whose
     * owner has ended.
     */
    OUT_OF_STEP,
    /** The attempt that writes is not the live one of its task run. */
    LEASE_LOST
  }

  /** One sentence: what was attempted on which record, what was expected and what was found. */
  public String message() {
    return "cannot " + attempted + ": expected " + expected + ", found " + found;
  }
}
