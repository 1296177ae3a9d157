package dev.waymark.spring;

import dev.waymark.core.spi.StoreOptions;

/**
 * A bean that changes how the store is opened, such as its limits. Several are called in the order
 * of {@code @Order}. An observer that is set here replaces the one of the metrics.
 *
 * <pre>{@code
 * StoreOptionsCustomizer customizer = options -> options.limits(Limits.defaults());
 * }</pre>
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface StoreOptionsCustomizer {

  /** Changes the options of the store. */
  void customize(StoreOptions.Builder options);
}
