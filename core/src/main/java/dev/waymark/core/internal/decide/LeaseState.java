package dev.waymark.core.internal.decide;

/** How the claim of a worker on a live attempt stands, by the clock of the store. */
public enum LeaseState {
  /** There is no claim that could end: none was asked for, or the attempt has ended. */
  NONE,
  /** It lasts, or lasted when it was last seen. */
  HELD,
  /** It was over when it was looked at. */
  OVER;

  private static final LeaseState[] BY_NUMBER = values();

  /** The one of this number, 0 to 2 in the order above: a database names it so. */
  public static LeaseState of(int number) {
    return BY_NUMBER[number];
  }
}
