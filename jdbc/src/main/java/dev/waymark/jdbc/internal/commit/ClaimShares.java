package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.jdbc.internal.read.Reported;
import dev.waymark.jdbc.internal.sql.PlainClaim;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How the claims of a group share what their transaction takes: the first claim gets the first task
 * runs, as many as it asks for, then the next claim. Not thread-safe.
 */
final class ClaimShares {
  private final List<ClaimTicket> group;

  /** The place after the last that each claim can get. */
  private final int[] ends;

  private final ClaimRequest together;
  private final List<Claimed> claimed = new ArrayList<>();

  /** The shares of claims that name the same pools. */
  ClaimShares(List<ClaimTicket> group) {
    this.group = group;
    this.ends = new int[group.size()];
    int end = 0;
    for (int i = 0; i < ends.length; i++) {
      end += group.get(i).request().limit();
      ends[i] = end;
    }
    ClaimRequest first = group.get(0).request();
    this.together =
        new ClaimRequest(first.worker(), end, first.lease(), first.pools(), first.execution());
  }

  /** One request for all that they ask for; its worker and its lease are those of the first. */
  ClaimRequest together() {
    return together;
  }

  /** Whether a claim asks for nothing but what is due, or for what is due in one execution. */
  boolean askForDue() {
    return together.execution() != null
        || group.stream().anyMatch(each -> each.request().limit() == 0);
  }

  /** Whether each claim got all that it asks for. */
  boolean areFull() {
    return claimed.size() == together.limit() && !claimed.isEmpty();
  }

  /** Whether there is more than one claim. */
  boolean areSeveral() {
    return group.size() > 1;
  }

  /** The request of the claim that gets the task run at this place, counted from 0. */
  ClaimRequest of(int place) {
    int i = 0;
    while (ends[i] <= place) {
      i++;
    }
    return group.get(i).request();
  }

  /** Which worker gets which task runs. */
  List<PlainClaim.Share> shares() {
    List<PlainClaim.Share> shares = new ArrayList<>();
    int begin = 1;
    for (int i = 0; i < ends.length; i++) {
      ClaimRequest request = group.get(i).request();
      long lease = TimeUnit.NANOSECONDS.toMicros(request.lease().toNanos());
      shares.add(new PlainClaim.Share(begin, request.worker(), lease));
      begin = ends[i] + 1;
    }
    return shares;
  }

  /** Forgets what was added. */
  void clear() {
    claimed.clear();
  }

  /** Adds the task run of the next place. */
  void add(Claimed taken) {
    claimed.add(taken);
  }

  /** Sends all claims alone. */
  void sendAlone() {
    group.forEach(ClaimTicket::sendAlone);
  }

  /**
   * Answers the claims. A claim that got nothing while others got something has no answer yet:
   * there may be more, which others have locked. Only a transaction that took nothing shows that
   * there is nothing.
   */
  void answer(Reported reported) {
    int begin = 0;
    for (int i = 0; i < ends.length; i++) {
      int end = Math.min(ends[i], claimed.size());
      ClaimTicket ticket = group.get(i);
      boolean isDone = end > begin || claimed.isEmpty() || ticket.request().limit() == 0;
      if (isDone && !ticket.isReleased()) {
        ticket.succeed(
            new Claims(
                claimed.subList(begin, end),
                reported.due(),
                reported.expired(),
                reported.next(),
                reported.nextExpiry()));
      }
      begin = end;
    }
  }
}
