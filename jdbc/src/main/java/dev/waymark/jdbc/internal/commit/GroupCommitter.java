package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.internal.decide.Submission;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.Limits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
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
 * <p>Where the first in the queue is a change set for whose answer no thread waits, a thread in the
 * background leads, until the queue is empty. It ends when it has had nothing to do for a while.
 * The futures of a group are completed in one go and not by the leader, whom nothing that hangs on
 * them can hold up or make wait for itself.
 *
 * <p>The queue is served in order. A group is bounded by the number of its change sets and by the
 * bytes that they bring, and so is the queue; who finds it full is refused.
 */
public final class GroupCommitter implements AutoCloseable {
  private static final long MAX_GROUP_BYTES = 16L << 20;

  private final Consumer<List<Ticket>> transaction;
  private final Limits limits;
  private final Background background = new Background();
  private final Object lock = new Object();
  private final Deque<Ticket> queue = new ArrayDeque<>();
  private long waitingBytes;
  private boolean led;

  /** Commits by way of this transaction, in groups and a queue within these limits. */
  public GroupCommitter(GroupTransaction transaction, Limits limits) {
    this(transaction::run, limits);
  }

  GroupCommitter(Consumer<List<Ticket>> transaction, Limits limits) {
    this.transaction = transaction;
    this.limits = limits;
  }

  /**
   * Commits a change set together with those that wait at the same moment, and returns or throws
   * what became of it.
   *
   * @throws StoreOverloadedException when too many wait
   */
  public CommitResult commit(Submission submission) {
    CallerTicket ticket = new CallerTicket(submission);
    if (!enqueue(ticket)) {
      ticket.await();
    }
    if (!ticket.isAnswered()) {
      leadUntilAnswered(ticket);
    }
    return ticket.answer();
  }

  /**
   * Commits a change set likewise, without waiting.
   *
   * @throws StoreOverloadedException when too many wait
   */
  public CompletableFuture<CommitResult> commitAsync(Submission submission) {
    FutureTicket ticket =
        new FutureTicket(submission, () -> background.run(this::leadWhileAnyWait));
    if (enqueue(ticket)) {
      promote(ticket);
    }
    return ticket.future();
  }

  /** Puts a ticket at the end of the queue; true when it has to be led at once. */
  private boolean enqueue(Ticket ticket) {
    long bytes = ticket.submission().bytes();
    synchronized (lock) {
      boolean full =
          queue.size() >= limits.maxWaiting()
              || (!queue.isEmpty() && waitingBytes + bytes > limits.maxWaitingBytes());
      if (full) {
        throw overloaded(ticket.submission());
      }
      queue.add(ticket);
      waitingBytes += bytes;
      boolean leads = !led;
      led = true;
      return leads;
    }
  }

  private StoreOverloadedException overloaded(Submission refused) {
    return new StoreOverloadedException(
        String.format(
            Locale.ROOT,
            "change set %s was not taken: %,d change sets with %,d bytes wait already; the limits are maxWaiting %,d and"
                + " maxWaitingBytes %,d. Nothing of it was stored; commit it again later, or raise the limits",
            refused.changes().id(),
            queue.size(),
            waitingBytes,
            limits.maxWaiting(),
            limits.maxWaitingBytes()));
  }

  private void leadUntilAnswered(Ticket own) {
    try {
      while (!own.isAnswered()) {
        commit(nextGroup());
      }
    } finally {
      handOver();
    }
  }

  private void leadWhileAnyWait() {
    boolean leads = true;
    try {
      while (leads) {
        commit(nextGroup());
        leads = staysLeader();
      }
    } finally {
      if (leads) {
        handOver();
      }
    }
  }

  private boolean staysLeader() {
    synchronized (lock) {
      led = !queue.isEmpty();
      return led;
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
      complete(group);
    }
  }

  /** Completes the futures of a group, in their order. */
  private void complete(List<Ticket> group) {
    List<FutureTicket> futures = new ArrayList<>();
    for (Ticket ticket : group) {
      if (ticket instanceof FutureTicket future) {
        futures.add(future);
      }
    }
    if (!futures.isEmpty()) {
      futures
          .get(0)
          .future()
          .defaultExecutor()
          .execute(() -> futures.forEach(FutureTicket::complete));
    }
  }

  private List<Ticket> nextGroup() {
    List<Ticket> group = new ArrayList<>();
    long bytes = 0;
    synchronized (lock) {
      while (group.size() < limits.maxGroup() && !queue.isEmpty()) {
        bytes += queue.getFirst().submission().bytes();
        if (!group.isEmpty() && bytes > MAX_GROUP_BYTES) {
          break;
        }
        Ticket next = queue.removeFirst();
        waitingBytes -= next.submission().bytes();
        group.add(next);
      }
    }
    return group;
  }

  private void handOver() {
    Ticket next;
    synchronized (lock) {
      next = queue.peekFirst();
      led = next != null;
    }
    if (next != null) {
      promote(next);
    }
  }

  /** Whoever comes next leads where nobody could be made to: then too nobody waits for ever. */
  private void promote(Ticket next) {
    boolean leads = false;
    try {
      next.promote();
      leads = true;
    } finally {
      if (!leads) {
        synchronized (lock) {
          led = false;
        }
      }
    }
  }

  /** Ends the thread in the background, if there is one. Nobody may be waiting any more. */
  @Override
  public void close() {
    background.close();
  }
}
