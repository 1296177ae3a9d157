package dev.waymark.bench.flat;

import dev.waymark.bench.claims.Ends;
import dev.waymark.bench.turns.Participant;
import dev.waymark.core.model.Ids;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.StateStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Claims of one thread, in blocks. Only the claims are measured. Before a block as many task runs
 * become ready as it claims, and after it they are finished. So the number of ready task runs and
 * of leases stays the same.
 */
final class ClaimSlices implements Participant {
  /** The greatest number of task runs that a block claims. */
  private static final int MOST_TASK_RUNS = 5_000;

  private static final int MOST_CLAIMS = 500;
  private static final int LEAST_CLAIMS = 5;

  /** A block takes roughly a quarter of a slice. */
  private static final int MILLIS_FOR_EACH_CLAIM = 4;

  private final ConditionStore condition;
  private final StateStore store;
  private final ClaimRequest request;
  private final Ids ids = Ids.system();
  private final long before;
  private long finished;

  /** Claims this number of task runs at a time. */
  ClaimSlices(ConditionStore condition, int batch) throws SQLException {
    this.condition = condition;
    this.request = condition.request(batch);
    this.before = condition.succeeded();
    this.store = condition.open();
  }

  @Override
  public String name() {
    return condition.title();
  }

  /** Returns the number of claims in a second. */
  @Override
  public double work(Duration time) throws SQLException {
    int most = Math.min(MOST_CLAIMS, MOST_TASK_RUNS / request.limit());
    int block =
        (int) Math.max(LEAST_CLAIMS, Math.min(most, time.toMillis() / MILLIS_FOR_EACH_CLAIM));
    long nanos = 0;
    long claims = 0;
    while (nanos < time.toNanos()) {
      condition.addReady((long) block * request.limit());
      nanos += claim(block);
      claims += block;
    }
    return claims * 1e9 / nanos;
  }

  /** Returns the nanoseconds of these claims, without those of finishing. */
  private long claim(int count) {
    List<List<Claims.Claimed>> all = new ArrayList<>();
    long begin = System.nanoTime();
    for (int i = 0; i < count; i++) {
      all.add(store.claim(request).claimed());
    }
    long nanos = System.nanoTime() - begin;
    for (List<Claims.Claimed> claimed : all) {
      if (claimed.size() != request.limit()) {
        throw new IllegalStateException(
            "%s: a claim of %s returned %s task runs"
                .formatted(name(), request.limit(), claimed.size()));
      }
    }
    finish(all.stream().flatMap(List::stream).toList());
    return nanos;
  }

  private void finish(List<Claims.Claimed> claimed) {
    int most = store.limits().maxClaims();
    for (int i = 0; i < claimed.size(); i += most) {
      List<Claims.Claimed> some = claimed.subList(i, Math.min(claimed.size(), i + most));
      var unused = store.commit(Ends.of(some, ids.commitId()));
    }
    finished += claimed.size();
  }

  @Override
  public void check() throws SQLException {
    long recorded = condition.succeeded() - before;
    if (recorded != finished) {
      throw new IllegalStateException(
          "%s: finished %s task runs; the store records %s".formatted(name(), finished, recorded));
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
