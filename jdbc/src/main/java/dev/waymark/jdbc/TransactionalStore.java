package dev.waymark.jdbc;

import dev.waymark.core.error.CallerTransactionException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.store.StateStore;
import java.sql.Connection;

/**
 * A store whose commits can be part of a transaction of the caller, so that an order and the
 * execution that processes it become durable together or not at all. Thread-safe.
 *
 * <pre>{@code
 * try (Connection connection = dataSource.getConnection()) {
 *   connection.setAutoCommit(false);
 *   orders.insert(connection, order);
 *   store.within(connection).createExecution(new NewExecution(order.executionId(), workflow));
 *   connection.commit();
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
public interface TransactionalStore extends StateStore {

  /**
   * Returns this store within the transaction of a connection. Its commits become part of that
   * transaction: they become durable, and other transactions, claims and listeners see them, when
   * the caller commits. A rollback removes them without a trace. Its reads see what the transaction
   * has written.
   *
   * <p><b>What a call leaves unchanged.</b> It neither begins nor ends the transaction, and no
   * setting that it makes lasts longer than the call. Each call is a savepoint: when a change set
   * is refused, the transaction may go on as if the call had not been made. When the database
   * failed, the message says whether the transaction can still be used.
   *
   * <p><b>Locks.</b> Records that a change set touches stay locked until the caller's transaction
   * ends. Others that need them wait, up to their lock time-out; so keep such transactions short.
   * On SQLite each call, also a read, takes the one write lock of the file. While it is held, the
   * same thread must not write through the store itself: it would wait for its own transaction. A
   * transaction that commits several change sets may deadlock with other writers. The database
   * resolves that, and one of them receives {@link StoreUnavailableException} with the outcome
   * NOT_STORED; the caller rolls back and repeats its transaction.
   *
   * <p><b>Isolation.</b> On PostgreSQL use READ COMMITTED, which is the default. With a stricter
   * level, a change set that touches a record which others changed since the transaction began
   * fails with {@link StoreUnavailableException}, and the whole transaction must be repeated. With
   * READ COMMITTED, a read of several statements, such as a page with its total, may see commits of
   * others in between. In a read-only transaction of PostgreSQL, reads work, and commits throw
   * {@link CallerTransactionException}.
   *
   * <p><b>Repetition.</b> The commit id makes a repeated change set harmless, in the same
   * transaction or a later one, if the caller's transaction is durable.
   *
   * <p><b>Not supported.</b> {@link StateStore#claim} and {@link StateStore#onReady} throw {@link
   * UnsupportedOperationException}. {@link StateStore#commitAsync} commits at once. {@link
   * StateStore#close} does nothing.
   *
   * <p>The result is valid for all later transactions of the connection. Like the connection, it is
   * for one thread at a time. A commit is not grouped with others, and the store's observer is not
   * notified of it. How durable a COMMIT of the caller is depends on the settings of the caller's
   * connection.
   *
   * @param connection an open connection to the database of this store, with autocommit off
   * @throws CallerTransactionException when the connection is closed, in autocommit mode, or a
   *     connection to another database; on SQLite also when it is read-only
   * @throws StoreUnavailableException when the database does not respond
   */
  StateStore within(Connection connection);
}
