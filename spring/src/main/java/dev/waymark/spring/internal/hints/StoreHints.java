package dev.waymark.spring.internal.hints;

import dev.waymark.jdbc.TransactionalStore;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/** The proxy that is the bean of the store, and the files that the modules of Waymark read. */
public final class StoreHints implements RuntimeHintsRegistrar {
  /** Created by Spring, when it prepares a native image. */
  public StoreHints() {}

  @Override
  public void registerHints(RuntimeHints hints, @Nullable ClassLoader loader) {
    hints.proxies().registerJdkProxy(TransactionalStore.class);
    hints.resources().registerPattern("dev/waymark/postgres/migration/*.sql");
    hints.resources().registerPattern("dev/waymark/sqlite/migration/*.sql");
    hints.resources().registerPattern("dev/waymark/runner/definition/workflow.schema.json");
    hints.resources().registerPattern("META-INF/services/dev.waymark.core.spi.StoreProvider");
    hints.resources().registerPattern("workflows/*");
  }
}
