package dev.waymark.spring.internal.config;

import dev.waymark.core.store.StateStore;
import dev.waymark.spring.internal.health.Boot4Health;
import dev.waymark.spring.internal.health.StoreHealth;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** The health indicator on Spring Boot 4. */
@AutoConfiguration(after = RunnerAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean({StateStore.class, StoreHealth.class})
public class Boot4HealthAutoConfiguration {
  /** Created by Spring. */
  public Boot4HealthAutoConfiguration() {}

  @Bean
  @ConditionalOnEnabledHealthIndicator("waymark")
  @ConditionalOnMissingBean(name = "waymarkHealthIndicator")
  HealthIndicator waymarkHealthIndicator(StoreHealth health) {
    return new Boot4Health(health);
  }
}
