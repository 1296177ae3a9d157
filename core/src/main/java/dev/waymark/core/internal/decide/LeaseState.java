package dev.waymark.core.internal.decide;

/** How the claim of a worker on a live attempt stands, by the clock of the store. */
public enum LeaseState {
  /** There is no claim that could end: none was asked for, or the attempt has ended. */
  NONE,
  /** It lasts, or lasted when it was last seen. */
  HELD,
  /** It was over when it was looked at. */
  OVER
}
