package dev.waymark.postgres.internal.notify;

import dev.waymark.jdbc.internal.notify.Announcer;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.jdbc.internal.sql.SessionSource;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends NOTIFY after commits that made something ready or due, in transactions of its own.
 * Thread-safe.
 *
 * <p>A NOTIFY within the commit would fail the commit when the server's queue of notifications is
 * full, and holds a lock of the whole server from before the COMMIT to its end, through the sync.
 * Here it costs the commit nothing, and waits for no disk. One thread sends, started with the first
 * announcement; all announcements that come while it is at work, or within {@value #PAUSE_MILLIS}
 * ms, are one. A notification that fails is repeated after a pause, at most once in {@value
 * #LONGEST_PAUSE_MILLIS} ms; until one succeeds, other processes find what is ready by polling.
 */
public final class PostgresNotifier implements Announcer {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresNotifier.class);

  /** The shortest time between two notifications. */
  private static final long PAUSE_MILLIS = 5;

  private static final long FIRST_PAUSE_AFTER_ERROR_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 10_000;

  /** Longer than a notification takes; it keeps a connection of the pool meanwhile. */
  private static final long TIMEOUT_MILLIS = 500;

  /** How long closing waits for the last notification. */
  private static final long CLOSE_MILLIS = 2_000;

  /**
   * Also removes notifications that all listeners have read from the queue. A server does that when
   * a notification is added, but a full queue rejects new ones. Without this call it stays full,
   * even after the session that blocked it has ended.
   */
  private static final String EMPTY_QUEUE = "SELECT pg_catalog.pg_notification_queue_usage()";

  private final SessionSource sessions;
  private final String schema;
  private final String notification;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable Thread thread;
  private boolean isPending;
  private boolean isSending;
  private boolean isClosed;
  private boolean isFailing;

  /** A notifier of the listeners of this schema. */
  public PostgresNotifier(SessionSource sessions, String schema) {
    this.sessions = sessions;
    this.schema = schema;
    this.notification =
        """
        BEGIN;
        SELECT pg_catalog.set_config('synchronous_commit', 'off', true),
          pg_catalog.set_config('statement_timeout', '%1$d', true), pg_catalog.set_config('lock_timeout', '%1$d', true);
        SELECT pg_catalog.pg_notify('%2$s', '%3$s');
        COMMIT"""
            .formatted(TIMEOUT_MILLIS, PostgresListener.CHANNEL, schema);
  }

  /**
   * The statement that notifies the listeners of a schema when the transaction that runs it
   * commits. It is for transactions of a caller, whose COMMIT the store does not see. A queue that
   * is nearly full, which would fail that COMMIT, gets no notification.
   */
  public static String whenCommitted(String schema) {
    return "SELECT pg_catalog.pg_notify('%s', '%s') WHERE pg_catalog.pg_notification_queue_usage() OPERATOR(pg_catalog.<) 0.5"
        .formatted(PostgresListener.CHANNEL, schema);
  }

  @Override
  public void announce() {
    lock.lock();
    try {
      if (isPending || isClosed) {
        return;
      }
      isPending = true;
      if (thread == null) {
        thread = start();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Thread start() {
    Thread started = new Thread(this::run, "waymark-notify-" + schema);
    started.setDaemon(true);
    started.start();
    return started;
  }

  private void run() {
    long pauseAfterError = FIRST_PAUSE_AFTER_ERROR_MILLIS;
    try {
      while (awaitPending()) {
        if (send()) {
          pauseAfterError = FIRST_PAUSE_AFTER_ERROR_MILLIS;
          pause(PAUSE_MILLIS);
        } else {
          pause(pauseAfterError);
          pauseAfterError = Math.min(2 * pauseAfterError, LONGEST_PAUSE_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // The thread is private: it is to end.
    }
  }

  /** False when there will be nothing to send any more. */
  private boolean awaitPending() throws InterruptedException {
    lock.lock();
    try {
      while (!isPending && !isClosed) {
        changed.await();
      }
      isSending = isPending;
      isPending = false;
      return isSending;
    } finally {
      lock.unlock();
    }
  }

  /** Whether it was sent; otherwise it is pending again, unless the store is being closed. */
  private boolean send() {
    boolean sent = false;
    try {
      notifyListeners();
      sent = true;
      isFailing = false;
    } catch (SQLException | RuntimeException e) {
      report(e);
    } finally {
      lock.lock();
      try {
        isSending = false;
        isPending |= !sent && !isClosed;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
    return sent;
  }

  private void notifyListeners() throws SQLException {
    Session session = sessions.writer();
    try {
      if (isFailing) {
        session.execute(EMPTY_QUEUE);
      }
      session.execute(notification);
    } catch (SQLException e) {
      sessions.discard(session, e);
      throw e;
    }
    sessions.release(session);
  }

  private void report(Exception error) {
    if (!isFailing) {
      isFailing = true;
      LOG.info(
          "cannot notify the workers of schema {} in other processes; until notifications work again,"
              + " workers poll for ready task runs: {}",
          schema,
          error.getMessage());
    }
  }

  /** Ends early when the store is closed. */
  private void pause(long millis) throws InterruptedException {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (left > 0 && !isClosed) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      changed.signalAll();
      long left = TimeUnit.MILLISECONDS.toNanos(CLOSE_MILLIS);
      while ((isPending || isSending) && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
