package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gathers claims that wait at the same moment and name the same pools into groups, each of which is
 * one transaction.
 *
 * <p><b>Leader and followers</b>, as for commits ({@link GroupCommitter}), and simpler: each claim
 * has a caller that waits, groups touch no common records because a claim skips what is locked, and
 * a leader leads one group, which begins with its own claim. A caller that finds no leader becomes
 * the leader at once. So an idle store claims without a hand-off and without a wait. The duration
 * of a transaction determines the size of the next group.
 *
 * <p>The queue is served in order: the first claim is in the next group, whichever pools it names.
 * A group takes at most as many task runs together as one claim may.
 *
 * <p>A claim from one execution is never in a group. Nor is a claim that its group has {@linkplain
 * ClaimTicket#sendAlone sent alone}: the transaction has failed, or would have to wait for a lock.
 * The caller then claims in its own thread, and delays no other caller.
 */
final class ClaimGroups {
  private final Consumer<List<ClaimTicket>> transaction;
  private final Turns turns;
  private final int mostLeaders;
  private final int mostTaken;
  private final Object lock = new Object();
  private final Deque<ClaimTicket> queue = new ArrayDeque<>();

  /** The sizes of the groups whose transaction runs. */
  private final List<Integer> inFlight = new ArrayList<>();

  private int leaders;

  /**
   * Creates an empty queue.
   *
   * @param transaction claims for a group, and gives an answer to each of its tickets or sends it
   *     alone
   * @param turns what each group takes a turn of
   * @param mostLeaders maximum number of leaders, including those that wait for a turn
   * @param mostTaken maximum number of task runs that the claims of a group ask for together
   */
  ClaimGroups(
      Consumer<List<ClaimTicket>> transaction, Turns turns, int mostLeaders, int mostTaken) {
    this.transaction = transaction;
    this.turns = turns;
    this.mostLeaders = mostLeaders;
    this.mostTaken = mostTaken;
  }

  /** Claims, together with the claims of the same pools that wait at the same moment. */
  Claims claim(ClaimRequest request) {
    if (request.execution() == null) {
      ClaimTicket ticket = new ClaimTicket(request);
      enqueue(ticket);
      ticket.await();
      if (!ticket.isReleased()) {
        lead(ticket);
      }
      if (!ticket.isSentAlone()) {
        return ticket.answer();
      }
    }
    return claimAlone(request);
  }

  /** With a ticket of its own: one that was sent alone is released, and gets no answer any more. */
  private Claims claimAlone(ClaimRequest request) {
    ClaimTicket ticket = new ClaimTicket(request);
    transaction.accept(List.of(ticket));
    return ticket.answer();
  }

  private void enqueue(ClaimTicket ticket) {
    ClaimTicket next;
    synchronized (lock) {
      queue.add(ticket);
      next = nextLeader();
    }
    promote(next);
  }

  /**
   * Calls the first in the queue to lead, if its group can start now. While another group is in
   * flight, it waits until it is as large as that one: most of the cost of a small group is the
   * fixed cost of a group.
   */
  private @Nullable ClaimTicket nextLeader() {
    ClaimTicket first = queue.peekFirst();
    if (first == null
        || first.isCalled()
        || leaders == mostLeaders
        || inFlight.stream().anyMatch(size -> size > queue.size())) {
      return null;
    }
    first.call();
    leaders++;
    return first;
  }

  private static void promote(@Nullable ClaimTicket next) {
    if (next != null) {
      next.promote();
    }
  }

  /**
   * Claims for the first group in the queue. No caller of it waits for ever, also after an error in
   * this thread.
   */
  private void lead(ClaimTicket own) {
    List<ClaimTicket> group = new ArrayList<>();
    turns.take();
    try {
      begin(group);
      transaction.accept(group);
    } finally {
      turns.giveBack();
      end(own, group);
    }
  }

  private void begin(List<ClaimTicket> group) {
    ClaimTicket next;
    synchronized (lock) {
      takeFromQueue(group);
      inFlight.add(group.size());
      next = nextLeader();
    }
    promote(next);
  }

  /** The first, and those after it with the same pools, in order, as long as they fit. */
  private void takeFromQueue(List<ClaimTicket> group) {
    Set<String> pools = queue.getFirst().request().pools();
    long taken = 0;
    for (Iterator<ClaimTicket> each = queue.iterator(); each.hasNext(); ) {
      ClaimTicket ticket = each.next();
      if (ticket.request().pools().equals(pools)) {
        taken += ticket.request().limit();
        if (!group.isEmpty() && taken > mostTaken) {
          return;
        }
        group.add(ticket);
        each.remove();
      }
    }
  }

  private void end(ClaimTicket own, List<ClaimTicket> group) {
    ClaimTicket next;
    synchronized (lock) {
      if (group.isEmpty()) {
        queue.remove(own); // an error, before it was taken from the queue
      }
      inFlight.remove((Integer) group.size());
      leaders--;
      next = nextLeader();
    }
    promote(next);
    group.forEach(ClaimTicket::sendAlone);
  }
}
