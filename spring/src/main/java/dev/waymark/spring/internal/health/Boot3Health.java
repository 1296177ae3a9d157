package dev.waymark.spring.internal.health;

import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;

/** The health of the store as an indicator of Spring Boot 3. */
public final class Boot3Health implements HealthIndicator {
  private final StoreHealth store;

  /** Shows this health. */
  public Boot3Health(StoreHealth store) {
    this.store = store;
  }

  @Override
  public Health health() {
    StoreHealth.Answer answer = store.ask();
    return (answer.isUp() ? Health.up() : Health.down()).withDetails(answer.details()).build();
  }
}
