package dev.waymark.sqlite.internal;

import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StoreObserver;
import dev.waymark.core.store.Subscription;
import dev.waymark.jdbc.internal.JdbcStateStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;

/** The store behind {@link dev.waymark.sqlite.SqliteStateStore}. */
public final class SqliteStore extends JdbcStateStore {
  /**
   * The store does not retry a locked file: SQLite itself waits for the lock. This limits the
   * commits one by one after an error of a group.
   */
  private static final Duration LONGEST = Duration.ofHours(1);

  /**
   * How long a call waits for the reads of other threads to end; it has nothing to do with other
   * processes.
   */
  private static final Duration READER_TIMEOUT = Duration.ofSeconds(30);

  private final SqliteListener listener;

  /**
   * Opens nothing yet: the first call does.
   *
   * @param maxReaders how many reads can run at the same time
   */
  public SqliteStore(
      SqliteConnector connector,
      SqliteErrors errors,
      int maxReaders,
      InstantSource clock,
      Limits limits,
      StoreObserver observer) {
    this(connector, errors, new SqliteDialect(errors), maxReaders, clock, limits, observer);
  }

  private SqliteStore(
      SqliteConnector connector,
      SqliteErrors errors,
      SqliteDialect dialect,
      int maxReaders,
      InstantSource clock,
      Limits limits,
      StoreObserver observer) {
    super(
        new SqliteSessions(connector, maxReaders, READER_TIMEOUT),
        dialect,
        new SqliteCallers(dialect, errors),
        clock,
        limits,
        LONGEST,
        observer);
    this.listener = new SqliteListener(connector, ready()::call);
  }

  @Override
  public Subscription onReady(Runnable listener) {
    return this.listener.during(super.onReady(listener));
  }

  @Override
  public void close() {
    listener.close();
    super.close();
  }

  /** Returns how many bytes of the write-ahead log are in use. */
  public long walBytes() {
    return Objects.requireNonNull(look("measure the write-ahead log", WalSize::bytes));
  }
}
