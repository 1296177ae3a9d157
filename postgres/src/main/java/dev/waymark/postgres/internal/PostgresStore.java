package dev.waymark.postgres.internal;

import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StoreObserver;
import dev.waymark.core.store.Subscription;
import dev.waymark.jdbc.internal.JdbcStateStore;
import java.time.InstantSource;
import javax.sql.DataSource;

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

  @Override
  public void close() {
    listener.close();
    super.close();
  }
}
