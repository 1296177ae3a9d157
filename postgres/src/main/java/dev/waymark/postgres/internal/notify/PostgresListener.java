package dev.waymark.postgres.internal.notify;

import dev.waymark.core.store.Subscription;
import dev.waymark.jdbc.internal.notify.ListenerThread;
import dev.waymark.postgres.internal.connect.SessionProxies;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Is notified when any process has made something ready or due in the schema: the {@link
 * PostgresNotifier} of that process sends NOTIFY. Thread-safe.
 *
 * <p>While there is a subscription, one thread has one separate connection, outside the pool:
 * LISTEN is state of a session, and the pool gives a session to different callers. After a loss,
 * the thread opens the connection again after a pause. Notifications in between are lost, so the
 * listener is called once for every new connection, including the first.
 *
 * <p>Correctness does not depend on notifications, because workers also poll. So a permanent
 * obstacle is logged once, and the thread then stops: a connection of another driver, or a proxy
 * that gives each transaction another session.
 */
public final class PostgresListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresListener.class);

  /** The channel of all stores of a database; the payload is the schema. */
  static final String CHANNEL = "waymark";

  private static final String IS_LISTENING =
      "SELECT pg_catalog.count(*) FROM pg_catalog.pg_listening_channels() AS c WHERE c OPERATOR(pg_catalog.=) '"
          + CHANNEL
          + "'";

  /**
   * How long one wait for a notification lasts. After it the connection is checked: otherwise a
   * peer that has disappeared is only detected by the keep-alive of the system.
   */
  private static final Duration WAIT = Duration.ofSeconds(10);

  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;

  private final DataSource source;
  private final String schema;
  private final Runnable call;
  private final Duration wait;
  private final ListenerThread thread;
  private volatile boolean isHopeless;

  /**
   * Calls when something may have become ready or due in this schema, while there is a
   * subscription; on connections of this source.
   */
  public PostgresListener(DataSource source, String schema, Runnable call) {
    this(source, schema, call, WAIT);
  }

  PostgresListener(DataSource source, String schema, Runnable call, Duration wait) {
    this.source = source;
    this.schema = schema;
    this.call = call;
    this.wait = wait;
    this.thread = new ListenerThread("waymark-listen-" + schema, Listening::new);
  }

  /** Listens until this subscription, which the result closes, and all others are closed. */
  public Subscription during(Subscription subscription) {
    return thread.during(subscription);
  }

  /** Ends the thread and its connection, without waiting for them; no other will follow. */
  @Override
  public void close() {
    thread.close();
  }

  private void giveUp(String reason) {
    isHopeless = true;
    LOG.info(
        "workers of schema {} are not notified of commits of other processes, and only poll: {}",
        schema,
        reason);
  }

  private static int number(Statement sql, String query) throws SQLException {
    try (ResultSet row = sql.executeQuery(query)) {
      row.next();
      return row.getInt(1);
    }
  }

  /** The work of the thread. */
  private final class Listening implements ListenerThread.Loop {
    private final CountDownLatch over = new CountDownLatch(1);
    private long pauseMillis = FIRST_PAUSE_MILLIS;
    private @Nullable Connection connection;

    @Override
    public void run() {
      while (!isOver() && !isHopeless) {
        try {
          listen();
        } catch (SQLException | RuntimeException e) {
          pauseAfter(e);
        }
      }
    }

    private boolean isOver() {
      return over.getCount() == 0;
    }

    /** Listens on one connection, until it is lost or this is over. */
    private void listen() throws SQLException {
      try (Connection opened = source.getConnection()) {
        if (adopt(opened)) {
          try {
            listen(opened);
          } finally {
            cut();
          }
        }
      }
    }

    private void listen(Connection opened) throws SQLException {
      if (!opened.isWrapperFor(PGConnection.class)) {
        stop("the connection has the unsupported class " + opened.getClass().getName());
        return;
      }
      opened.setAutoCommit(true);
      PGConnection driver = opened.unwrap(PGConnection.class);
      try (Statement sql = opened.createStatement()) {
        int pid = number(sql, "SELECT pg_catalog.pg_backend_pid()");
        if (SessionProxies.isBehindOne(opened, pid)) {
          stop("the server is behind a proxy that pools its sessions");
          return;
        }
        sql.execute("LISTEN " + CHANNEL);
        call.run();
        while (number(sql, IS_LISTENING) == 1) {
          await(driver);
          pauseMillis = FIRST_PAUSE_MILLIS;
        }
        stop("the session has changed");
      }
    }

    private void stop(String reason) {
      over.countDown();
      giveUp(reason);
    }

    /** Waits for notifications, and calls the listeners for each. */
    private void await(PGConnection driver) throws SQLException {
      // The driver sets the time-out of the socket only for this wait.
      PGNotification[] received = driver.getNotifications((int) wait.toMillis());
      while (received != null && received.length > 0) {
        if (concerns(received)) {
          call.run();
        }
        received = driver.getNotifications((int) wait.toMillis());
      }
    }

    private boolean concerns(PGNotification[] received) {
      for (PGNotification each : received) {
        if (each.getName().equals(CHANNEL) && each.getParameter().equals(schema)) {
          return true;
        }
      }
      return false;
    }

    private void pauseAfter(Exception error) {
      if (isOver()) {
        return;
      }
      LOG.debug("no connection listens for schema {}, trying again", schema, error);
      long pause = ThreadLocalRandom.current().nextLong(pauseMillis / 2, pauseMillis);
      pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
      try {
        boolean unused = over.await(pause, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        over.countDown(); // The thread is private: an interrupt means that it is to end.
      }
    }

    /** Keeps a connection for this thread, unless it is opened too late. */
    private synchronized boolean adopt(Connection opened) {
      if (isOver()) {
        return false;
      }
      connection = opened;
      return true;
    }

    /** The thread may be waiting for the server. */
    @Override
    public void end() {
      over.countDown();
      cut();
    }

    /**
     * Aborts the connection instead of closing it. This ends a wait, and a pool does not give the
     * session to others, for whom notifications would pile up.
     */
    private synchronized void cut() {
      Connection mine = connection;
      connection = null;
      if (mine != null) {
        try {
          mine.abort(Runnable::run);
        } catch (SQLException e) {
          LOG.debug("could not close the connection that listens for schema {}", schema, e);
        }
      }
    }
  }
}
