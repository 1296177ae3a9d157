package dev.waymark.spring.internal.config;

import dev.waymark.spring.internal.store.OpenedStore;
import java.util.Set;
import org.springframework.boot.sql.init.dependency.AbstractBeansOfTypeDatabaseInitializerDetector;
import org.springframework.core.Ordered;

/**
 * Opens the store before Flyway and others open connections. A store in a file of SQLite can only
 * be migrated while no other connection is open.
 */
public final class StoreBeforeMigrations extends AbstractBeansOfTypeDatabaseInitializerDetector {
  /** Created by Boot. */
  public StoreBeforeMigrations() {}

  @Override
  protected Set<Class<?>> getDatabaseInitializerBeanTypes() {
    return Set.of(OpenedStore.class);
  }

  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE;
  }
}
