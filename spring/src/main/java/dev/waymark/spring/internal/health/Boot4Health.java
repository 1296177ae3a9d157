package dev.waymark.spring.internal.health;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** The health of the store as an indicator of Spring Boot 4. */
public final class Boot4Health implements HealthIndicator {
  private final StoreHealth store;

  /** Shows this health. */
  public Boot4Health(StoreHealth store) {
    this.store = store;
  }

  @Override
  public Health health() {
    StoreHealth.Answer answer = store.ask();
    return (answer.isUp() ? Health.up() : Health.down()).withDetails(answer.details()).build();
  }
}
