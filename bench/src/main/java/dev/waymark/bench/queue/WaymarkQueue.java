package dev.waymark.bench.queue;

import dev.waymark.bench.claims.Backlog;
import dev.waymark.bench.claims.Ends;
import dev.waymark.bench.peer.QueueSystem;
import dev.waymark.bench.storage.StoreLocation;
import dev.waymark.bench.turns.Contest;
import dev.waymark.core.model.Ids;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.StateStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Waymark: each item is an execution with one task run. All threads share one store. */
final class WaymarkQueue implements QueueSystem {
  private static final Duration LEASE = Duration.ofMinutes(10);

  private final StoreLocation location;
  private final Backlog backlog;
  private final StateStore store;

  WaymarkQueue(StoreLocation location) throws SQLException {
    this.location = location;
    this.backlog = new Backlog(location, 1);
    backlog.begin();
    this.store = location.open();
  }

  @Override
  public String name() {
    return Contest.WAYMARK;
  }

  @Override
  public void fill(long items) throws SQLException {
    backlog.addReady(items);
  }

  @Override
  public Claimer claimer(int number) {
    return new Threadwise("bench-" + number);
  }

  @Override
  public long claimed() throws SQLException {
    return executions("RUNNING");
  }

  @Override
  public long finished() throws SQLException {
    return executions("SUCCEEDED");
  }

  private long executions(String state) throws SQLException {
    return location.number("SELECT count(*) FROM executions WHERE state = '" + state + "'");
  }

  @Override
  public void close() {
    store.close();
  }

  /** Claims with one call, and finishes everything that it returned with one change set. */
  private final class Threadwise implements Claimer {
    private final Ids ids = Ids.system();
    private final String worker;
    private List<Claims.Claimed> last = List.of();

    Threadwise(String worker) {
      this.worker = worker;
    }

    @Override
    public int claim(int limit) {
      last = store.claim(ClaimRequest.of(worker, limit, LEASE)).claimed();
      return last.size();
    }

    @Override
    public void finish() {
      var unused = store.commit(Ends.of(last, ids.commitId()));
    }
  }
}
