package dev.waymark.jdbc.internal.notify;

/**
 * Notifies other processes that something may have become ready or due. It is called after a
 * commit, on the thread of the caller who waits for the answer: so {@link #announce} only takes
 * note, and a failure has no consequence but that the others find out by polling. Thread-safe.
 */
public interface Announcer extends AutoCloseable {
  /** Takes note that others are to be notified soon; never blocks and never throws. */
  void announce();

  /** Notifies of what was noted, for a moment at most; nothing is announced afterwards. */
  @Override
  void close();
}
