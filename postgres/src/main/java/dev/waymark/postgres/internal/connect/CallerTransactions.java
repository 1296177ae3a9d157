package dev.waymark.postgres.internal.connect;

import dev.waymark.core.error.CallerTransactionException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * Refuses connections that are inside a transaction of the caller. Stateless after its making, and
 * thread-safe.
 *
 * <p>A data source may give the calling thread the connection of the transaction that the thread
 * has begun: Spring's {@code TransactionAwareDataSourceProxy} does, and so do the data sources of
 * JTA. On such a connection {@code setAutoCommit(true)} and COMMIT would commit the caller's work.
 * It is recognized by what the driver knows of its transaction, and, as a driver begins a
 * transaction with its first statement, also by autocommit being off where the data source has it
 * on: a new thread, which has begun nothing, shows what the data source does by default. A pool
 * that is set to {@code autoCommit=false} works: its connections are in no transaction.
 */
public final class CallerTransactions {
  /**
   * Pools that give every caller a separate connection, also inside a transaction of the thread.
   */
  private static final Set<String> PLAIN_POOLS =
      Set.of(
          "com.zaxxer.hikari.HikariDataSource",
          "org.apache.commons.dbcp2.BasicDataSource",
          "org.apache.tomcat.jdbc.pool.DataSource",
          "com.mchange.v2.c3p0.ComboPooledDataSource",
          "org.postgresql.ds.PGSimpleDataSource");

  private static final String SPRING_PROXY = "org.springframework.jdbc.datasource.ConnectionProxy";
  private static final String SPRING_TRANSACTIONS =
      "org.springframework.transaction.support.TransactionSynchronizationManager";

  private final boolean autocommit;
  private final boolean dependsOnThread;
  private final String place;

  private CallerTransactions(boolean autocommit, boolean dependsOnThread, String place) {
    this.autocommit = autocommit;
    this.dependsOnThread = dependsOnThread;
    this.place = place;
  }

  /**
   * The properties of a data source, learned from one of its connections.
   *
   * @param place the store, as a message names it
   */
  public static CallerTransactions of(DataSource source, String place) throws SQLException {
    boolean plain = PLAIN_POOLS.contains(source.getClass().getName());
    return new CallerTransactions(autocommit(source), !plain, place);
  }

  /** Whether a connection may be that of a transaction which the calling thread has begun. */
  public boolean dependsOnThread() {
    return dependsOnThread;
  }

  /** Whether connections are in autocommit mode when they are borrowed. */
  public boolean autocommit() {
    return autocommit;
  }

  /** Checks on a new thread, which inherits nothing. */
  private static boolean autocommit(DataSource source) throws SQLException {
    FutureTask<Boolean> question =
        new FutureTask<>(
            () -> {
              try (Connection connection = source.getConnection()) {
                return connection.getAutoCommit();
              }
            });
    new Thread(null, question, "waymark-data-source", 0, false).start();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return question.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          if (e.getCause() instanceof SQLException cause) {
            throw cause;
          }
          return true; // It serves threads that it knows only; this is what JDBC has by default.
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Checks a connection that was just borrowed, without changing it.
   *
   * @throws CallerTransactionException when it is inside a transaction
   */
  public void check(Connection connection) throws SQLException {
    TransactionState state = state(connection);
    if (state != null && state != TransactionState.IDLE) {
      throw refused("a transaction is open on it");
    }
    if (!connection.getAutoCommit()) {
      if (autocommit) {
        throw refused("its autocommit mode was turned off");
      }
      if (isOfSpringTransaction(connection)) {
        throw refused("a transaction of Spring is active");
      }
    }
  }

  private static @Nullable TransactionState state(Connection connection) throws SQLException {
    return connection.isWrapperFor(BaseConnection.class)
        ? connection.unwrap(BaseConnection.class).getTransactionState()
        : null;
  }

  /**
   * If autocommit is off by default, a transaction of Spring that has not run a statement yet
   * cannot be detected.
   */
  private static boolean isOfSpringTransaction(Connection connection) {
    for (Class<?> type : connection.getClass().getInterfaces()) {
      if (type.getName().equals(SPRING_PROXY)) {
        return isSpringTransactionActive(type.getClassLoader());
      }
    }
    return false;
  }

  private static boolean isSpringTransactionActive(@Nullable ClassLoader spring) {
    try {
      return Boolean.TRUE.equals(
          Class.forName(SPRING_TRANSACTIONS, true, spring)
              .getMethod("isActualTransactionActive")
              .invoke(null));
    } catch (ReflectiveOperationException | LinkageError e) {
      return false;
    }
  }

  private CallerTransactionException refused(String found) {
    return new CallerTransactionException(
        "the data source of "
            + place
            + " gave a connection that is inside a transaction of the caller ("
            + found
            + "); a commit of the store would commit that transaction too. Nothing was"
            + " changed. To make a change set part of that transaction, use within(connection)."
            + " Otherwise call the store before or after the transaction (in Spring with"
            + " Propagation.NOT_SUPPORTED), or build the store on the connection pool itself"
            + " instead of a transaction-aware data source");
  }
}
