package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.internal.submit.Submission;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.Limits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers change sets that wait at the same moment into groups, each of which becomes durable with
 * one transaction.
 *
 * <p><b>Leader and followers.</b> There is no writer thread. A caller that finds no leader becomes
 * the leader at once. So an idle store commits without a hand-off and without a wait for other
 * commits. Callers that arrive while a leader works wait in a queue. The duration of its
 * transaction determines the size of the next group. A leader works until its own change set has
 * its result, then hands over to the first in the queue. So no caller works for others for longer
 * than it would have waited anyway. The write queues of LevelDB and its successors use the same
 * idea.
 *
 * <p>On a database with several concurrent write transactions there are as many leaders. A group
 * then starts only when the groups in flight {@link InFlightGroups do not touch} the executions
 * that it touches. So every change set has the same result as if all were committed one after the
 * other, in the order of the queue. Groups of claims count as well: both kinds take {@link Turns}.
 *
 * <p>When no thread waits for the first change set in the queue, a background thread leads, until
 * no group can start. It ends when it has been idle for a while. The futures of a group are
 * completed together, and not by the leader. So dependent stages can neither delay the leader nor
 * deadlock it.
 *
 * <p>The queue is served in order. The number of change sets and their bytes limit both a group and
 * the queue. When the queue is full, a commit is rejected (back-pressure).
 */
final class GroupCommitter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupCommitter.class);

  private static final long MAX_GROUP_BYTES = 16L << 20;

  private final Consumer<List<Ticket>> transaction;
  private final Turns turns;
  private final Limits limits;
  private final Background background = new Background();
  private final Object lock = new Object();
  private final Deque<Ticket> queue = new ArrayDeque<>();
  private final InFlightGroups groups;
  private long waitingBytes;
  private int leaders;

  GroupCommitter(
      Consumer<List<Ticket>> transaction, Turns turns, InFlightGroups groups, Limits limits) {
    this.transaction = transaction;
    this.turns = turns;
    this.groups = groups;
    this.limits = limits;
  }

  /**
   * Commits a change set together with those that wait at the same moment, and returns its result
   * or throws its error.
   *
   * @throws StoreOverloadedException when too many wait
   */
  public CommitResult commit(Submission submission) {
    CallerTicket ticket = new CallerTicket(submission);
    if (!enqueue(ticket)) {
      ticket.await();
    }
    while (!ticket.isAnswered()) {
      lead(ticket);
      ticket.await();
    }
    return ticket.answer();
  }

  /**
   * Commits a change set likewise, without waiting.
   *
   * @throws StoreOverloadedException when too many wait
   */
  public CompletableFuture<CommitResult> commitAsync(Submission submission) {
    FutureTicket ticket = new FutureTicket(submission, this::leadInBackground);
    if (enqueue(ticket)) {
      promote(ticket);
    }
    return ticket.future();
  }

  private void leadInBackground(FutureTicket ticket) {
    background.run(() -> lead(ticket));
  }

  /** Puts a ticket at the end of the queue; true when it is called to lead at once. */
  private boolean enqueue(Ticket ticket) {
    long bytes = ticket.submission().bytes();
    groups.prepare(ticket);
    Ticket next;
    synchronized (lock) {
      boolean full =
          queue.size() >= limits.maxWaiting()
              || (!queue.isEmpty() && waitingBytes + bytes > limits.maxWaitingBytes());
      if (full) {
        throw overloaded(ticket.submission());
      }
      queue.add(ticket);
      waitingBytes += bytes;
      next = nextLeader();
    }
    if (next == ticket) {
      return true;
    }
    promote(next);
    return false;
  }

  private StoreOverloadedException overloaded(Submission refused) {
    return new StoreOverloadedException(
        String.format(
            Locale.ROOT,
            "cannot commit change set %s: %,d change sets with %,d bytes wait already; the limits"
                + " are maxWaiting %,d and maxWaitingBytes %,d. This call stored nothing of it;"
                + " commit it again later, or raise the limits when opening the store",
            refused.changes().id(),
            queue.size(),
            waitingBytes,
            limits.maxWaiting(),
            limits.maxWaitingBytes()));
  }

  /**
   * Promotes the first in the queue to leader, if its group can start now. Every promotion happens
   * here. It lasts until the leader has nothing left to do, or another leader takes its ticket.
   */
  private @Nullable Ticket nextLeader() {
    Ticket first = queue.peekFirst();
    if (first == null
        || first.isCalled()
        || leaders == groups.most()
        || !groups.admits(first, queue.size())) {
      return null;
    }
    call(first);
    return first;
  }

  private void call(Ticket ticket) {
    ticket.called(true);
    leaders++;
  }

  private void dismiss(Ticket ticket) {
    if (ticket.isCalled()) {
      ticket.called(false);
      leaders--;
    }
  }

  /**
   * Commits group after group, as long as this ticket is called and until it has led enough or
   * nothing can go.
   */
  private void lead(Ticket own) {
    try {
      boolean goesOn = true;
      while (goesOn && !own.hasLedEnough()) {
        goesOn = leadOneGroup(own);
      }
    } finally {
      resign(own);
    }
  }

  /** Takes a turn, and only then the next group: what has come meanwhile is part of it. */
  private boolean leadOneGroup(Ticket own) {
    turns.take();
    try {
      InFlightGroups.Group group = nextGroup(own);
      if (group == null) {
        return false;
      }
      commit(group);
      return true;
    } finally {
      turns.giveBack();
    }
  }

  /** The next group, from the beginning of the queue to the first that cannot go with it. */
  private InFlightGroups.@Nullable Group nextGroup(Ticket own) {
    InFlightGroups.Group group = groups.newGroup();
    synchronized (lock) {
      if (!own.isCalled() || queue.isEmpty() || !groups.admits(queue.getFirst(), queue.size())) {
        return null;
      }
      long bytes = 0;
      while (group.tickets().size() < limits.maxGroup() && !queue.isEmpty()) {
        Ticket first = queue.getFirst();
        bytes += first.submission().bytes();
        if ((!group.tickets().isEmpty() && bytes > MAX_GROUP_BYTES) || !group.add(first)) {
          break;
        }
        queue.removeFirst();
        waitingBytes -= first.submission().bytes();
        if (first != own) {
          dismiss(first);
        }
      }
      groups.begin(group);
    }
    return group;
  }

  /**
   * Promotes the next leader if another group may start concurrently, and commits this group. No
   * caller that was taken from the queue waits for ever, also after an error. The method throws
   * nothing, because every caller of the group, including the leader, receives its own result.
   */
  private void commit(InFlightGroups.Group group) {
    List<Ticket> tickets = group.tickets();
    Throwable failure = null;
    try {
      Ticket next;
      synchronized (lock) {
        next = nextLeader();
      }
      promote(next);
      transaction.accept(tickets);
    } catch (RuntimeException | Error e) {
      failure = e;
    } finally {
      synchronized (lock) {
        groups.end(group);
      }
      for (Ticket ticket : tickets) {
        ticket.abandon(failure);
      }
      complete(tickets);
    }
    if (failure != null) {
      LOG.error("the thread that committed a group of change sets failed", failure);
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

  private void resign(Ticket own) {
    Ticket next;
    synchronized (lock) {
      dismiss(own);
      next = nextLeader();
    }
    promote(next);
  }

  /** When no leader could be promoted, the next caller leads, so that no caller waits for ever. */
  private void promote(@Nullable Ticket next) {
    if (next == null) {
      return;
    }
    boolean leads = false;
    try {
      next.promote();
      leads = true;
    } finally {
      if (!leads) {
        synchronized (lock) {
          dismiss(next);
        }
      }
    }
  }

  /** Ends the background threads, if there are any. No caller may wait any more. */
  @Override
  public void close() {
    background.close();
  }
}
