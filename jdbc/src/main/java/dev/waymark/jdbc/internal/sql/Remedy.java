package dev.waymark.jdbc.internal.sql;

/** What to do after an error has ended a transaction. */
public enum Remedy {
  /**
   * Retry in a new transaction, after a pause and within the retry time-out: another process caused
   * a conflict, or the connection was lost.
   */
  AGAIN,
  /** Commit the change sets of the group one by one, so that only the failing one fails. */
  APART,
  /** A retry does not help soon; the callers must receive the error. */
  NONE
}
