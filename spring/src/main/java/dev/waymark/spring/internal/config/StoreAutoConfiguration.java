package dev.waymark.spring.internal.config;

import dev.waymark.core.spi.StoreOptions;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.StoreObserver;
import dev.waymark.jdbc.TransactionalStore;
import dev.waymark.spring.StoreOptionsCustomizer;
import dev.waymark.spring.WaymarkProperties;
import dev.waymark.spring.internal.hints.StoreHints;
import dev.waymark.spring.internal.store.ConfigurationException;
import dev.waymark.spring.internal.store.JoiningStore;
import dev.waymark.spring.internal.store.OpenedStore;
import dev.waymark.spring.internal.store.StoreOpener;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;

/** The store. */
@AutoConfiguration(
    after = MetricsAutoConfiguration.class,
    afterName = {
      "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
      "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration"
    })
@ConditionalOnProperty(name = "waymark.enabled", matchIfMissing = true)
@EnableConfigurationProperties(WaymarkProperties.class)
@ImportRuntimeHints(StoreHints.class)
public class StoreAutoConfiguration {
  /** Created by Spring. */
  public StoreAutoConfiguration() {}

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean(StateStore.class)
  OpenedStore waymarkOpenedStore(
      WaymarkProperties properties,
      ObjectProvider<DataSource> sources,
      ObjectProvider<StoreObserver> observers,
      ObjectProvider<StoreOptionsCustomizer> customizers) {
    WaymarkProperties.Store settings = properties.store();
    StoreOptions.Builder options = StoreOptions.builder();
    options.createIfMissing(settings.createIfMissing());
    observers.orderedStream().forEach(options::observer);
    customizers.orderedStream().forEach(each -> each.customize(options));
    StoreOpener opener = new StoreOpener(settings, options.build());
    String url = settings.url();
    return url == null ? inDatabase(opener, settings, sources) : opener.byUrl(url);
  }

  private static OpenedStore inDatabase(
      StoreOpener opener, WaymarkProperties.Store settings, ObjectProvider<DataSource> sources) {
    @Nullable DataSource source = sources.getIfUnique();
    if (source == null) {
      long found = sources.stream().count();
      throw new ConfigurationException(
          found == 0
              ? "waymark.store.url is not set, and the application has no DataSource"
              : "waymark.store.url is not set, and the application has "
                  + found
                  + " DataSources of which none is primary",
          found == 0
              ? "Set waymark.store.url, for example to sqlite:waymark.db, or set"
                  + " spring.datasource.url and add spring-boot-starter-jdbc"
              : "Mark the one with the store as @Primary, or set waymark.store.url");
    }
    return SpringStores.in(source, opener, !Boolean.FALSE.equals(settings.joinTransactions()));
  }

  @Bean(destroyMethod = "")
  @ConditionalOnMissingBean(StateStore.class)
  TransactionalStore waymarkStore(OpenedStore opened) {
    return JoiningStore.of(opened.store(), opened.current());
  }
}
