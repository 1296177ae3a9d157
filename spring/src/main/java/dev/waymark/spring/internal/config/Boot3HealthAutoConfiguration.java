package dev.waymark.spring.internal.config;

import dev.waymark.core.store.StateStore;
import dev.waymark.spring.internal.health.Boot3Health;
import dev.waymark.spring.internal.health.StoreHealth;
import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The health indicator on Spring Boot 3. */
@AutoConfiguration(after = RunnerAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean({StateStore.class, StoreHealth.class})
public class Boot3HealthAutoConfiguration {
  /** Created by Spring. */
  public Boot3HealthAutoConfiguration() {}

  @Bean
  @ConditionalOnEnabledHealthIndicator("waymark")
  @ConditionalOnMissingBean(name = "waymarkHealthIndicator")
  HealthIndicator waymarkHealthIndicator(StoreHealth health) {
    return new Boot3Health(health);
  }
}
