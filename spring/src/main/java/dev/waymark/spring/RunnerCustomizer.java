package dev.waymark.spring;

import dev.waymark.runner.Runner;

/**
 * A bean that changes the settings of the runner before it is built: handlers without a bean, a
 * clock, or anything that has no property. It is called after the properties and the methods with
 * {@link WaymarkHandler} are set. Several are called in the order of {@code @Order}.
 *
 * <pre>{@code
 * RunnerCustomizer customizer = builder -> builder.handler("ping", task -> task.log("pong"));
 * }</pre>
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface RunnerCustomizer {

  /** Changes the builder of the runner. */
  void customize(Runner.Builder builder);
}
