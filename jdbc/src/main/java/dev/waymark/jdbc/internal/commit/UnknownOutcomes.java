package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.model.CommitId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The change sets with a try that failed after its COMMIT was sent. The outcome of such a change
 * set is unknown until a later try has a result: that try has looked up the commit id under the
 * locks of the change set. Thread-safe.
 *
 * <p>Keeps the last 10,000 change sets that were not repeated.
 */
final class UnknownOutcomes {
  private static final int CAPACITY = 10_000;

  private final Set<CommitId> ids = Collections.newSetFromMap(new Latest());
  private volatile boolean any;

  private static final class Latest extends LinkedHashMap<CommitId, Boolean> {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<CommitId, Boolean> eldest) {
      return size() > CAPACITY;
    }
  }

  /** The COMMIT of these was sent, and failed. */
  synchronized void add(List<Ticket> group) {
    any = true;
    group.forEach(ticket -> ids.add(ticket.submission().changes().id()));
  }

  /** A try of this one has an answer. */
  void resolve(Ticket ticket) {
    if (any) {
      remove(ticket.submission().changes().id());
    }
  }

  private synchronized void remove(CommitId id) {
    ids.remove(id);
    any = !ids.isEmpty();
  }

  /** Whether this one may have been stored by an earlier try. */
  boolean contains(Ticket ticket) {
    return any && has(ticket.submission().changes().id());
  }

  private synchronized boolean has(CommitId id) {
    return ids.contains(id);
  }
}
