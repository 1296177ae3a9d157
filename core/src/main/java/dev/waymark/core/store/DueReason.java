package dev.waymark.core.store;

/** Why somebody is to look at an execution. */
public enum DueReason {
  /** Something happened in it, and what follows from that may not have been done yet. */
  SETTLE,
  /** Its time is over. */
  DEADLINE
}
