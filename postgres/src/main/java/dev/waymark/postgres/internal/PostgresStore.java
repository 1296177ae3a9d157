package dev.waymark.postgres.internal;

import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StoreObserver;
import dev.waymark.core.store.Subscription;
import dev.waymark.jdbc.internal.JdbcStateStore;
import dev.waymark.postgres.internal.connect.ReplicaLag;
import java.time.Duration;
import java.time.InstantSource;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The store behind {@link dev.waymark.postgres.PostgresStateStore}. */
public final class PostgresStore extends JdbcStateStore {
  private final PostgresListener listener;

  /**
   * Works on a schema that {@link PostgresSchema} has prepared.
   *
   * @param outsideOfPool where the listener gets its connection
   */
  public PostgresStore(
      PostgresSettings settings,
      PostgresErrors errors,
      PostgresServer server,
      PostgresSessions sessions,
      DataSource outsideOfPool,
      InstantSource clock,
      Limits limits,
      StoreObserver observer) {
    super(
        sessions,
        new PostgresDialect(settings, errors, server),
        clock,
        limits,
        settings.retryTimeout(),
        observer);
    this.listener = new PostgresListener(outsideOfPool, settings.schema(), ready()::call);
    ready().announceBy(new PostgresNotifier(sessions, settings.schema()));
  }

  @Override
  public Subscription onReady(Runnable listener) {
    return this.listener.during(super.onReady(listener));
  }

  /** How old what a read sees can be; null when the server is not a standby. */
  @Nullable Duration lag() {
    return look("read how far the replica is behind", ReplicaLag::of);
  }

  @Override
  public void close() {
    listener.close();
    super.close();
  }
}
