package dev.waymark.postgres.internal;

import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StoreObserver;
import dev.waymark.core.store.Subscription;
import dev.waymark.jdbc.internal.JdbcStateStore;
import dev.waymark.postgres.internal.connect.ReplicaLag;
import dev.waymark.postgres.internal.notify.PostgresListener;
import dev.waymark.postgres.internal.notify.PostgresNotifier;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The store behind {@link dev.waymark.postgres.PostgresStateStore}. */
public final class PostgresStore extends JdbcStateStore {
  private final PostgresCallers callers;
  private final PostgresListener listener;

  /**
   * Works on a schema that {@link PostgresSchema} has prepared.
   *
   * @param outsideOfPool where the listener gets its connection
   */
  public static PostgresStore of(
      PostgresSettings settings,
      PostgresErrors errors,
      PostgresServer server,
      PostgresSessions sessions,
      DataSource outsideOfPool,
      InstantSource clock,
      Limits limits,
      StoreObserver observer) {
    PostgresDialect dialect = new PostgresDialect(settings, errors, server);
    PostgresCallers callers = new PostgresCallers(dialect, settings, errors, server, sessions);
    return new PostgresStore(
        settings, sessions, dialect, callers, outsideOfPool, clock, limits, observer);
  }

  private PostgresStore(
      PostgresSettings settings,
      PostgresSessions sessions,
      PostgresDialect dialect,
      PostgresCallers callers,
      DataSource outsideOfPool,
      InstantSource clock,
      Limits limits,
      StoreObserver observer) {
    super(sessions, dialect, callers, clock, limits, settings.retryTimeout(), observer);
    this.callers = callers;
    this.listener = new PostgresListener(outsideOfPool, settings.schema(), ready()::call);
    ready().announceBy(new PostgresNotifier(sessions, settings.schema()));
  }

  @Override
  public Subscription onReady(Runnable listener) {
    return this.listener.during(super.onReady(listener));
  }

  /**
   * Learns which database this is, for {@link #within}. Without this call, the first use of that
   * method needs a connection of the store, besides that of the caller.
   */
  public void learnDatabase() throws SQLException {
    callers.learnDatabase();
  }

  /** How old what a read sees can be; null when the server is not a standby. */
  @Nullable Duration lag() {
    return look("read how far the replica is behind", ReplicaLag::of);
  }

  /** Whether the server takes writes: it is no standby. */
  public boolean isOnPrimary() {
    return lag() == null;
  }

  @Override
  public void close() {
    listener.close();
    super.close();
  }
}
