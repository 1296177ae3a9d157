package dev.waymark.core.internal.decide;

/** The state of the lease of a live attempt, by the clock of the store. */
public enum LeaseState {
  /** There is no lease: none was requested, or the attempt has ended. */
  NONE,
  /** The lease has not expired, or had not expired when it was last read. */
  HELD,
  /** The lease had expired when it was read. */
  OVER;

  private static final LeaseState[] BY_NUMBER = values();

  /** The state with this number, 0 to 2 in the order above. A database stores the number. */
  public static LeaseState of(int number) {
    return BY_NUMBER[number];
  }
}
