package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.decide.Submission;
import dev.waymark.core.store.CommitResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Gathers change sets that wait at the same moment into groups, each of which becomes durable with
 * one transaction.
 *
 * <p><b>Leader and followers.</b> There is no writer thread. A caller that finds nobody at work
 * becomes the leader at once, so an idle store commits without a hand-off and without waiting for
 * company. Callers that come while a leader is at work queue up; the time of its transaction is
 * what gathers the next group. A leader works until its own change set is answered, then hands over
 * to the first in the queue, so no caller works for others for longer than it would have waited
 * anyway. The idea is that of the write queues of LevelDB and its successors.
 *
 * <p>The queue is served in order. A group is bounded by the number of its change sets and by the
 * bytes that they bring.
 */
public final class GroupCommitter {
  private static final long MAX_GROUP_BYTES = 16L << 20;

  private final Consumer<List<Ticket>> transaction;
  private final int maxGroup;
  private final Object lock = new Object();
  private final Deque<Ticket> queue = new ArrayDeque<>();
  private boolean led;

  /** Commits by way of this transaction, at most {@code maxGroup} change sets at a time. */
  public GroupCommitter(GroupTransaction transaction, int maxGroup) {
    this(transaction::run, maxGroup);
  }

  GroupCommitter(Consumer<List<Ticket>> transaction, int maxGroup) {
    this.transaction = transaction;
    this.maxGroup = maxGroup;
  }

  /**
   * Commits a change set together with those that wait at the same moment, and returns or throws
   * what became of it.
   */
  public CommitResult commit(Submission submission) {
    Ticket ticket = new Ticket(submission);
    if (!enqueueAndLead(ticket)) {
      ticket.await();
    }
    if (!ticket.isAnswered()) {
      lead(ticket);
    }
    return ticket.answer();
  }

  private boolean enqueueAndLead(Ticket ticket) {
    synchronized (lock) {
      queue.add(ticket);
      boolean leads = !led;
      led = true;
      return leads;
    }
  }

  private void lead(Ticket own) {
    try {
      while (!own.isAnswered()) {
        commit(nextGroup());
      }
    } finally {
      handOver();
    }
  }

  /** Whatever happens, nobody who was taken from the queue waits for ever. */
  private void commit(List<Ticket> group) {
    try {
      transaction.accept(group);
    } finally {
      for (Ticket ticket : group) {
        ticket.abandon();
      }
    }
  }

  private List<Ticket> nextGroup() {
    List<Ticket> group = new ArrayList<>();
    long bytes = 0;
    synchronized (lock) {
      while (group.size() < maxGroup && !queue.isEmpty()) {
        bytes += queue.getFirst().submission().bytes();
        if (!group.isEmpty() && bytes > MAX_GROUP_BYTES) {
          break;
        }
        group.add(queue.removeFirst());
      }
    }
    return group;
  }

  private void handOver() {
    synchronized (lock) {
      Ticket next = queue.peekFirst();
      if (next == null) {
        led = false;
      } else {
        next.promote();
      }
    }
  }
}
