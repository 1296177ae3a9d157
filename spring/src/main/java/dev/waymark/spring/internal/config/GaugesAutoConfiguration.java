package dev.waymark.spring.internal.config;

import dev.waymark.core.store.StateStore;
import dev.waymark.metrics.WaymarkMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** The gauges, which read the store. */
@AutoConfiguration(after = StoreAutoConfiguration.class)
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({WaymarkMetrics.class, StateStore.class})
public class GaugesAutoConfiguration {
  /** Created by Spring. */
  public GaugesAutoConfiguration() {}

  @Bean
  SmartInitializingSingleton waymarkGauges(WaymarkMetrics metrics, StateStore store) {
    return () -> metrics.bind(store);
  }
}
