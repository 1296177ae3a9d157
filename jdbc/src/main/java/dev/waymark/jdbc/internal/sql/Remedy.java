package dev.waymark.jdbc.internal.sql;

/** What to do after an error has ended a transaction. */
public enum Remedy {
  /**
   * The same again in a new transaction, after a pause and for as long as patience lasts: another
   * process was in the way, or the connection was lost.
   */
  AGAIN,
  /** The change sets of the group one by one, so that the guilty one alone fails. */
  APART,
  /** Nothing helps soon; the callers must hear of it. */
  NONE
}
