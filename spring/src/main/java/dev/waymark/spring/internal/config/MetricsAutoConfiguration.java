package dev.waymark.spring.internal.config;

import dev.waymark.metrics.WaymarkMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** The meters of the store and the runner. */
@AutoConfiguration(
    afterName = {
      "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
    })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
@ConditionalOnProperty(name = "waymark.enabled", matchIfMissing = true)
public class MetricsAutoConfiguration {
  /** Created by Spring. */
  public MetricsAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean(WaymarkMetrics.class)
  WaymarkMetrics waymarkMetrics(MeterRegistry registry) {
    return WaymarkMetrics.of(registry);
  }
}
