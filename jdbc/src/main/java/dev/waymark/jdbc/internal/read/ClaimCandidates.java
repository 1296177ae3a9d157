package dev.waymark.jdbc.internal.read;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.jdbc.internal.sql.Dialect;
import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.Request;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a claim picks of what is ready. Pools without a bound are picked from at once. Of those with
 * one it must be known first how many slots are free; so they are picked from in a second turn,
 * which most claims do not need. What both turns bring competes for the places of the claim: of a
 * bounded pool there are never more candidates than free slots, so whatever is taken fits.
 *
 * <p>Both turns pass over what is locked. When that leaves nothing, although something is ready, a
 * third turn waits for one.
 */
final class ClaimCandidates {
  private static final Comparator<Candidate> ORDER =
      Comparator.comparingInt((Candidate picked) -> -picked.priority())
          .thenComparingLong(Candidate::readyAt)
          .thenComparing(Candidate::id);

  private final RecordRows records;
  private final Dialect dialect;
  private final ClaimRequest request;
  private final Map<String, Integer> slots = new TreeMap<>();
  private final Map<String, Integer> leases = new HashMap<>();
  private final List<Candidate> candidates = new ArrayList<>();

  ClaimCandidates(Dialect dialect, RecordRows records, ClaimRequest request) {
    this.dialect = dialect;
    this.records = records;
    this.request = request;
  }

  /** The first turn: the bounds, and what is ready in pools without one. */
  List<Request> first() {
    return List.of(
        new Request(
            ReadStatement.LOCK_POOLS,
            (s, first) -> dialect.bindClaimedPools(s, first, request.pools()),
            request.pools().size(),
            row -> slots.put(row.getString(1), row.getInt(2))),
        new Request(
            ReadStatement.POOL_LEASES,
            (s, first) -> {
              int next = dialect.bindBegin(s, first, ReadStatement.POOL_LEASES);
              dialect.bindTexts(s, next, request.pools());
              return next + 1;
            },
            request.pools().size(),
            row -> leases.put(row.getString(1), row.getInt(2))),
        picking(
            request.execution() == null
                ? ReadStatement.PICK_READY
                : ReadStatement.PICK_READY_OF_EXECUTION,
            request.pools(),
            request.limit()));
  }

  /** The second turn: what is ready in pools that have slots free; nothing where there is none. */
  List<Request> second() {
    List<Request> requests = new ArrayList<>();
    slots.forEach(
        (pool, most) -> {
          int free = free(pool);
          if (free > 0) {
            requests.add(
                picking(
                    request.execution() == null
                        ? ReadStatement.PICK_BOUNDED
                        : ReadStatement.PICK_BOUNDED_OF_EXECUTION,
                    List.of(pool),
                    Math.min(request.limit(), free)));
          }
        });
    return requests;
  }

  /**
   * The third turn: whichever comes first; nothing when something was picked, or when nothing is
   * ready that could be.
   *
   * @param unbounded whether something is ready in pools without a bound
   */
  List<Request> third(boolean unbounded) {
    if (!candidates.isEmpty() || request.limit() == 0 || request.execution() != null) {
      return List.of();
    }
    List<String> pools = new ArrayList<>();
    for (String pool : request.pools()) {
      boolean isBounded = slots.containsKey(pool) || leases.containsKey(pool);
      if (isBounded ? slots.containsKey(pool) && free(pool) > 0 : unbounded) {
        pools.add(pool);
      }
    }
    return pools.isEmpty() ? List.of() : List.of(picking(ReadStatement.PICK_WAITING, pools, 1));
  }

  private int free(String pool) {
    return slots.getOrDefault(pool, 0) - leases.getOrDefault(pool, 0);
  }

  /** What is taken: the first of all candidates, as many as the claim asks for. */
  List<Candidate> taken() {
    return candidates.stream().sorted(ORDER).limit(request.limit()).toList();
  }

  private Request picking(ReadStatement statement, Collection<String> pools, int limit) {
    ExecutionId only = request.execution();
    return new Request(
        statement,
        (s, first) -> {
          int next;
          if (only == null) {
            next = dialect.bindClaimedPools(s, first, pools);
            s.setInt(next, limit);
          } else {
            dialect.bindTexts(s, first, pools);
            next = first + 1;
            dialect.bindUuid(s, next, only.value());
          }
          s.setInt(next + 1, limit);
          return next + 2;
        },
        limit,
        this::candidate);
  }

  private void candidate(ResultSet row) throws SQLException {
    candidates.add(records.picked(row));
  }
}
