package dev.waymark.spring.internal.config;

import dev.waymark.spring.internal.store.CurrentTransaction;
import dev.waymark.spring.internal.store.OpenedStore;
import dev.waymark.spring.internal.store.SpringTransaction;
import dev.waymark.spring.internal.store.StoreOpener;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.util.ClassUtils;

/** Opens stores in the database of the application, which may have no {@code spring-jdbc}. */
final class SpringStores {
  private static final String UTILS = "org.springframework.jdbc.datasource.DataSourceUtils";

  private SpringStores() {}

  static OpenedStore in(DataSource source, StoreOpener opener, boolean joins) {
    return ClassUtils.isPresent(UTILS, SpringStores.class.getClassLoader())
        ? WithSpringJdbc.in(source, opener, joins)
        : opener.on(source, CurrentTransaction.NONE);
  }

  /** Loaded only if {@code spring-jdbc} is on the class path. */
  private static final class WithSpringJdbc {
    static OpenedStore in(DataSource source, StoreOpener opener, boolean joins) {
      DataSource pool = source;
      if (source instanceof TransactionAwareDataSourceProxy proxy
          && proxy.getTargetDataSource() != null) {
        pool = proxy.getTargetDataSource();
      }
      return opener.on(pool, joins ? new SpringTransaction(pool) : CurrentTransaction.NONE);
    }
  }
}
