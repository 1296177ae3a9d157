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
 * The candidates of a claim among the ready task runs. Pools without a limit are read at once. For
 * pools with a limit, the number of free slots must be known first. So they are read in a second
 * round, which most claims do not need. The candidates of both rounds compete for the places of the
 * claim. A pool with a limit never has more candidates than free slots, so every candidate that is
 * taken fits.
 *
 * <p>Both rounds skip locked rows. When nothing is left although something is ready, a third round
 * waits for one row.
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

  /** The first round: the limits, and ready task runs in pools without a limit. */
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

  /**
   * The second round: ready task runs in pools with free slots; empty when there are none. The
   * pools with as many free slots as the claim asks for need only one request together.
   */
  List<Request> second() {
    List<Request> requests = new ArrayList<>();
    List<String> wide = new ArrayList<>();
    for (String pool : slots.keySet()) {
      int free = free(pool);
      if (free >= request.limit()) {
        wide.add(pool);
      } else if (free > 0) {
        requests.add(pickingBounded(List.of(pool), free));
      }
    }
    if (!wide.isEmpty() && request.limit() > 0) {
      requests.add(pickingBounded(wide, request.limit()));
    }
    return requests;
  }

  private Request pickingBounded(List<String> pools, int limit) {
    return picking(
        request.execution() == null
            ? ReadStatement.PICK_BOUNDED
            : ReadStatement.PICK_BOUNDED_OF_EXECUTION,
        pools,
        limit);
  }

  /**
   * The third round: the first row in order. Empty when there are candidates already, or when
   * nothing is ready that could be claimed.
   *
   * @param unbounded whether something is ready in pools without a limit
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

  /** Whether a pool has a limit. */
  boolean haveLimits() {
    return !leases.isEmpty();
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

  void candidate(ResultSet row) throws SQLException {
    candidates.add(records.picked(row));
  }
}
