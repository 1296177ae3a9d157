package dev.waymark.sqlite.internal;

import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.jdbc.internal.sql.SessionSource;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One session that writes and a few that read. Each is opened when it is first needed, so that a
 * command that only looks opens one connection.
 *
 * <p>SQLite always has one writer at a time; a second connection of this process would only wait
 * for the first. Readers see the last commit and never wait for the writer.
 */
public final class SqliteSessions implements SessionSource {
  private final SqliteConnector connector;
  private final int maxReaders;
  private final Duration timeout;
  private final Semaphore writing = new Semaphore(1);
  private final Semaphore reading;
  private final Object lock = new Object();
  private final Deque<Session> idleReaders = new ArrayDeque<>();
  private final WalTail tail;
  private @Nullable Session idleWriter;
  private @Nullable Session busyWriter;

  /**
   * Sessions over connections of this connector; a caller waits at most {@code timeout} for one.
   */
  public SqliteSessions(SqliteConnector connector, int maxReaders, Duration timeout) {
    this.connector = connector;
    this.maxReaders = maxReaders;
    this.timeout = timeout;
    this.reading = new Semaphore(maxReaders, true);
    this.tail = new WalTail(connector.busyTimeout());
  }

  @Override
  public Session writer() throws SQLException {
    acquire(writing, "the writing connection was not free");
    boolean opened = false;
    try {
      Session session = takeWriter();
      opened = true;
      return session;
    } finally {
      if (!opened) {
        writing.release();
      }
    }
  }

  private Session takeWriter() throws SQLException {
    synchronized (lock) {
      Session session = idleWriter == null ? new Session(connector.writer()) : idleWriter;
      idleWriter = null;
      try {
        tail.secure(session);
      } catch (SQLException | RuntimeException e) {
        session.close();
        throw e;
      }
      busyWriter = session;
      return session;
    }
  }

  /** What was recovered after the disk failed must not be read before it is synced either. */
  private void secureTail() throws SQLException {
    if (tail.isInDoubt()) {
      release(writer());
    }
  }

  @Override
  public Session reader() throws SQLException {
    secureTail();
    acquire(reading, "none of the " + maxReaders + " reading connections was free");
    Session idle;
    synchronized (lock) {
      idle = idleReaders.pollFirst();
    }
    if (idle != null) {
      return idle;
    }
    boolean opened = false;
    try {
      Session session = new Session(connector.reader());
      opened = true;
      return session;
    } finally {
      if (!opened) {
        reading.release();
      }
    }
  }

  @Override
  public void release(Session session) {
    synchronized (lock) {
      if (session == busyWriter) {
        busyWriter = null;
        idleWriter = session;
        writing.release();
      } else {
        idleReaders.addFirst(session);
        reading.release();
      }
    }
  }

  @Override
  public void discard(Session session, @Nullable SQLException cause) {
    session.close();
    synchronized (lock) {
      if (session == busyWriter) {
        if (cause != null && SqliteErrors.isDiskFailure(cause)) {
          tail.doubt();
        }
        busyWriter = null;
        writing.release();
      } else {
        reading.release();
      }
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      idleReaders.forEach(Session::close);
      idleReaders.clear();
      if (idleWriter != null) {
        idleWriter.close();
        idleWriter = null;
      }
    }
  }

  private void acquire(Semaphore permits, String otherwise) throws SQLException {
    boolean interrupted = false;
    try {
      long end = System.nanoTime() + timeout.toNanos();
      while (true) {
        try {
          if (permits.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            return;
          }
          throw new SQLTimeoutException(
              otherwise
                  + " within "
                  + timeout.toMillis()
                  + " ms; call the store from fewer threads");
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
