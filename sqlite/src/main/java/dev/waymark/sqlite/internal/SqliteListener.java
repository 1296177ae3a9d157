package dev.waymark.sqlite.internal;

import dev.waymark.core.store.Subscription;
import dev.waymark.jdbc.internal.notify.ListenerThread;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects when any process has written to the file. SQLite has no notifications, but {@code PRAGMA
 * data_version} shows a connection whether another one has committed. This takes some microseconds
 * and keeps nothing open in between. It does not show what was written: the listener checks whether
 * something is ready, and a check that finds nothing writes nothing. Thread-safe.
 *
 * <p>While there is a subscription, one thread has one connection. After an error it opens the
 * connection again after a pause. Correctness does not depend on notifications, because workers
 * also poll. Closing waits until the thread has ended: the process that closes the last connection
 * to a file copies the log into it. If a process ended with a connection open, part of the commits
 * would be only in the log.
 */
public final class SqliteListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteListener.class);

  /** Two hundred looks a second take about a hundredth of a processor's time. */
  private static final long LOOK_MILLIS = 5;

  /** Twenty looks a second take about a thousandth. */
  private static final long LOOK_MILLIS_AT_REST = 50;

  /** After so many looks that have found nothing, a minute, the file is at rest. */
  private static final int LOOKS_UNTIL_REST = 12_000;

  private static final long PAUSE_MILLIS = 5_000;

  /** A listener that is being called may hold the thread up. */
  private static final long LONGEST_END_MILLIS = 5_000;

  private final SqliteConnector connector;
  private final Runnable call;
  private final ListenerThread thread;

  /** Calls when something may have been written, on connections of this connector. */
  public SqliteListener(SqliteConnector connector, Runnable call) {
    this.connector = connector;
    this.call = call;
    this.thread = new ListenerThread("waymark-listen-sqlite", Listening::new);
  }

  /** Listens until this subscription, which the result closes, and all others are closed. */
  public Subscription during(Subscription subscription) {
    return thread.during(subscription);
  }

  @Override
  public void close() {
    thread.close();
  }

  /** What the thread does. */
  private final class Listening implements ListenerThread.Loop {
    private final CountDownLatch over = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Thread self;

    @Override
    public void run() {
      self = Thread.currentThread();
      try {
        listen();
      } finally {
        ended.countDown();
      }
    }

    private void listen() {
      while (over.getCount() > 0) {
        try (Connection connection = connector.reader();
            PreparedStatement version = connection.prepareStatement("PRAGMA data_version")) {
          watch(version);
        } catch (SQLException | RuntimeException e) {
          LOG.debug("cannot check for commits of other processes, trying again", e);
          isOverAfter(PAUSE_MILLIS);
        }
      }
    }

    private void watch(PreparedStatement version) throws SQLException {
      long seen = look(version);
      call.run(); // Earlier commits were not detected.
      int inVain = 0;
      while (!isOverAfter(inVain < LOOKS_UNTIL_REST ? LOOK_MILLIS : LOOK_MILLIS_AT_REST)) {
        long now = look(version);
        inVain = now == seen ? Math.min(inVain + 1, LOOKS_UNTIL_REST) : 0;
        if (now != seen) {
          seen = now;
          call.run();
        }
      }
    }

    private static long look(PreparedStatement version) throws SQLException {
      try (ResultSet row = version.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }

    private boolean isOverAfter(long millis) {
      try {
        return over.await(millis, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        over.countDown(); // The thread is private: an interrupt means that it is to end.
        return true;
      }
    }

    /** Waits until the connection is closed, unless that is to be done by this very thread. */
    @Override
    public void end() {
      over.countDown();
      if (Thread.currentThread() == self) {
        return;
      }
      try {
        if (!ended.await(LONGEST_END_MILLIS, TimeUnit.MILLISECONDS)) {
          LOG.debug("the listener connection to the file is not closed yet");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
