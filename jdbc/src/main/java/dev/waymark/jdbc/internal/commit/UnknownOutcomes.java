package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.model.CommitId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The change sets of which a try has failed after its COMMIT was sent. What became of such a change
 * set is not known, whatever happens to later tries, until one has an answer: that try has looked
 * the commit id up under the locks of the change set. Thread-safe.
 *
 * <p>Of those that nobody repeats the last 10,000 are kept.
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
