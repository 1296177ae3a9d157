package dev.waymark.postgres.internal.connect;

import org.jspecify.annotations.Nullable;

/**
 * The newest timeline on which a store has worked.
 *
 * <p><b>Problem.</b> After a failover, the old primary may be started again as a primary. It has
 * not received what was committed since, and what is committed to it is lost when it becomes a
 * standby. It accepts writes, so nothing else distinguishes it from the new primary.
 *
 * <p><b>Solution.</b> A store refuses a server whose timeline is lower than one that it has seen,
 * or that belongs to another cluster. This is known only to this process: what the database itself
 * stores goes back together with the database.
 *
 * <p>Thread-safe.
 */
public final class NewestTimeline {
  private @Nullable Timeline newest;

  /** Knows no timeline yet. */
  public NewestTimeline() {}

  /**
   * Remembers the timeline of a server.
   *
   * @param server the server, as a message names it
   * @return whether it is newer than all before it, and not the first
   * @throws StaleServerException when the server is refused
   */
  public synchronized boolean admit(Timeline found, String server) throws StaleServerException {
    Timeline known = newest;
    if (known != null && !found.system().equals(known.system())) {
      throw StaleServerException.otherSystem(server, found, known);
    }
    if (known != null && found.number() < known.number()) {
      throw StaleServerException.olderTimeline(server, found, known);
    }
    newest = found;
    return known != null && found.number() > known.number();
  }
}
