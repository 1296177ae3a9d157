package dev.waymark.spring.internal.config;

import dev.waymark.runner.Runner;
import dev.waymark.spring.WaymarkProperties;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes the properties of the runner over into its builder. */
final class RunnerSettings {
  private RunnerSettings() {}

  static void apply(WaymarkProperties.Runner settings, Runner.Builder builder) {
    builder
        .lease(settings.lease())
        .pollInterval(settings.pollInterval())
        .maxLost(settings.maxLost())
        .storeRetryTimeout(settings.storeRetryTimeout())
        .storeLogs(settings.storeLogs());
    settings.pools().forEach(builder::pool);
    given(settings.worker(), builder::worker);
    given(settings.concurrency(), builder::concurrency);
    given(settings.logDirectory(), builder::logDirectory);
    given(settings.logRetention(), builder::logRetention);
    given(settings.logFileRetention(), builder::logFileRetention);
  }

  private static <T> void given(@Nullable T value, Consumer<T> setting) {
    if (value != null) {
      setting.accept(value);
    }
  }
}
