package dev.waymark.spring.internal.config;

import dev.waymark.core.model.PayloadCodec;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.RunListener;
import dev.waymark.runner.api.RunTracer;
import dev.waymark.spring.RunnerCustomizer;
import dev.waymark.spring.WaymarkProperties;
import dev.waymark.spring.WorkflowStarter;
import dev.waymark.spring.internal.handler.HandlerMethods;
import dev.waymark.spring.internal.health.StoreHealth;
import dev.waymark.spring.internal.run.RunnerLifecycle;
import dev.waymark.spring.internal.run.ShutdownTimes;
import dev.waymark.spring.internal.run.WorkflowFiles;
import dev.waymark.spring.internal.store.OpenedStore;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.ResourcePatternResolver;

/** The runner, its handlers and its life. */
@AutoConfiguration(after = {StoreAutoConfiguration.class, CodecAutoConfiguration.class})
@ConditionalOnProperty(name = "waymark.enabled", matchIfMissing = true)
@ConditionalOnBean(StateStore.class)
@EnableConfigurationProperties(WaymarkProperties.class)
public class RunnerAutoConfiguration {
  private static final Duration PHASE = Duration.ofSeconds(30);

  /** Created by Spring. */
  public RunnerAutoConfiguration() {}

  @Bean
  HandlerMethods waymarkHandlerMethods(
      ConfigurableListableBeanFactory beans, ObjectProvider<PayloadCodec> codecs) {
    return new HandlerMethods(beans, codecs.getIfUnique());
  }

  @Bean
  ShutdownTimes waymarkShutdownTimes(WaymarkProperties properties, Environment environment) {
    Duration phase =
        Binder.get(environment)
            .bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
            .orElse(PHASE);
    return ShutdownTimes.of(properties.runner(), phase);
  }

  @Bean
  WorkflowFiles waymarkWorkflowFiles(
      StateStore store, ResourcePatternResolver resources, WaymarkProperties properties) {
    return new WorkflowFiles(store, resources, properties.workflows());
  }

  /** The files are saved first, so whoever has the runner can start their workflows. */
  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  Runner waymarkRunner(
      StateStore store,
      WorkflowFiles saved,
      WaymarkProperties properties,
      ShutdownTimes times,
      HandlerMethods handlers,
      ObjectProvider<PayloadCodec> codecs,
      ObjectProvider<RunListener> listeners,
      ObjectProvider<RunTracer> tracers,
      ObjectProvider<RunnerCustomizer> customizers) {
    Runner.Builder builder = Runner.builder(store).grace(times.grace());
    RunnerSettings.apply(properties.runner(), builder);
    listeners.orderedStream().forEach(builder::listener);
    tracers.ifUnique(builder::tracer);
    codecs.ifUnique(builder::codec);
    handlers.registerWith(builder);
    customizers.orderedStream().forEach(each -> each.customize(builder));
    return builder.build();
  }

  @Bean
  @ConditionalOnMissingBean
  WorkflowStarter waymarkWorkflowStarter(Runner runner, ObjectProvider<PayloadCodec> codecs) {
    return new WorkflowStarter(runner, codecs.getIfUnique());
  }

  @Bean
  @ConditionalOnProperty(name = "waymark.runner.enabled", matchIfMissing = true)
  RunnerLifecycle waymarkRunnerLifecycle(
      Runner runner, ShutdownTimes times, WorkflowFiles saved, HandlerMethods handlers) {
    saved.checkHandlers(handlers.names());
    return new RunnerLifecycle(runner, times.drain());
  }

  @Bean
  StoreHealth waymarkStoreHealth(
      StateStore store,
      ObjectProvider<OpenedStore> opened,
      ObjectProvider<RunnerLifecycle> runner,
      WaymarkProperties properties) {
    return new StoreHealth(
        store, opened.getIfAvailable(), runner.getIfAvailable(), properties.health().timeout());
  }
}
