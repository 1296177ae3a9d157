package dev.waymark.spring.internal.store;

import java.sql.Connection;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The transaction that Spring has begun on a connection of one data source. A transaction of
 * another data source is none: no connection is borrowed to find that out.
 */
public final class SpringTransaction implements CurrentTransaction {
  private final DataSource source;

  /** Transactions of this data source. */
  public SpringTransaction(DataSource source) {
    this.source = source;
  }

  @Override
  public @Nullable Connection connection() {
    return TransactionSynchronizationManager.isActualTransactionActive()
            && TransactionSynchronizationManager.hasResource(source)
        ? DataSourceUtils.getConnection(source)
        : null;
  }

  @Override
  public void release(Connection connection) {
    DataSourceUtils.releaseConnection(connection, source);
  }
}
