package dev.waymark.trials;

import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ForwardingStateStore;
import dev.waymark.core.store.StateStore;
import dev.waymark.jdbc.TransactionalStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Commits, and some reads, as parts of transactions of a caller, which must give the same answers
 * as the store itself. Every second change set is first committed in a transaction that is rolled
 * back, which must leave no trace.
 */
final class InTransactions extends ForwardingStateStore {
  private final TransactionalStore store;
  private final Connection connection;

  /** Uses this connection, which {@link #close} closes together with the store. */
  InTransactions(TransactionalStore store, Connection connection) throws SQLException {
    super(store);
    this.store = store;
    this.connection = connection;
    connection.setAutoCommit(false);
  }

  @Override
  public CommitResult commit(ChangeSet changes) {
    if (changes.id().value().getLeastSignificantBits() % 2 == 0) {
      try {
        var unused = rolledBack(within -> within.commit(changes));
      } catch (WaymarkException e) {
        // The transaction that commits is refused, too.
      }
    }
    return within(within -> within.commit(changes), true);
  }

  @Override
  public CompletableFuture<CommitResult> commitAsync(ChangeSet changes) {
    try {
      return CompletableFuture.completedFuture(commit(changes));
    } catch (WaymarkException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public @Nullable ExecutionDetails executionDetails(ExecutionId id) {
    return rolledBack(within -> within.executionDetails(id));
  }

  @Override
  public Page<Execution> executions(ExecutionQuery query) {
    return within(within -> within.executions(query), false);
  }

  private <T> @Nullable T rolledBack(Function<StateStore, @Nullable T> call) {
    return within(call, false);
  }

  private <T extends @Nullable Object> T within(Function<StateStore, T> call, boolean commits) {
    try {
      boolean done = false;
      try {
        T answer = call.apply(store.within(connection));
        done = commits;
        return answer;
      } finally {
        if (done) {
          connection.commit();
        } else {
          connection.rollback();
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the transaction of the caller failed", e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException("the connection of the caller cannot be closed", e);
    }
    super.close();
  }
}
