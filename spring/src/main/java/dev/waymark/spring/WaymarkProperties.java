package dev.waymark.spring;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties {@code waymark.*}. A value out of range fails the start of the application.
 *
 * @param enabled Whether the store and the runner are configured.
 * @param workflows Workflow files that are saved when the application starts.
 * @param store Where the store is.
 * @param runner What the runner of this application does.
 * @param health How the health of the store is checked.
 * @since 0.1.0
 */
@ConfigurationProperties("waymark")
public record WaymarkProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue({
          "classpath*:workflows/*.yaml",
          "classpath*:workflows/*.yml",
          "classpath*:workflows/*.json"
        })
        List<String> workflows,
    @DefaultValue Store store,
    @DefaultValue Runner runner,
    @DefaultValue Health health) {

  /** Keeps an unmodifiable copy. */
  public WaymarkProperties {
    workflows = List.copyOf(workflows);
  }

  /**
   * Where the store is.
   *
   * @param url URL of the store, such as postgresql://host/database or sqlite:PATH. Without it, the
   *     store is in the database of the application's DataSource.
   * @param schema Schema of PostgreSQL that holds the tables (default "waymark").
   * @param user User of PostgreSQL, if there is a URL.
   * @param password Password of PostgreSQL, if there is a URL.
   * @param createIfMissing Whether a missing store is created.
   * @param joinTransactions Whether calls within a transaction of Spring become part of it. The
   *     default is true in the database of the DataSource, where it is possible, and false with a
   *     URL.
   * @since 0.1.0
   */
  public record Store(
      @Nullable String url,
      @Nullable String schema,
      @Nullable String user,
      @Nullable String password,
      @DefaultValue("true") boolean createIfMissing,
      @Nullable Boolean joinTransactions) {

    /**
     * Checks that the settings suit each other.
     *
     * @throws IllegalArgumentException when they do not
     */
    public Store {
      url = url == null || url.isBlank() ? null : url;
      Checks.isTrue(
          url != null || (user == null && password == null),
          "waymark.store.user or waymark.store.password is set without waymark.store.url; the"
              + " DataSource of the application has its own. Set waymark.store.url as well, or"
              + " remove them");
      Checks.isTrue(
          url == null || !Boolean.TRUE.equals(joinTransactions),
          "waymark.store.join-transactions is true, but with waymark.store.url the store has"
              + " connections of its own, which cannot join a transaction. Remove"
              + " waymark.store.url, so that the store uses the DataSource of the application, or"
              + " set waymark.store.join-transactions to false");
      Checks.isTrue(
          schema == null || !schema.isBlank(),
          "waymark.store.schema is empty; name a schema, or remove it to use \"waymark\"");
    }

    /** Shows neither the URL nor the password. */
    @Override
    public String toString() {
      return "Store[" + (url == null ? "in the DataSource" : "by URL") + ", schema=" + schema + "]";
    }
  }

  /**
   * What the runner of this application does.
   *
   * @param enabled Whether this application works on executions. If false, it can still start them.
   * @param worker Name of this worker, which no other living worker has. The default contains host
   *     and process.
   * @param concurrency Maximum number of live attempts. The default is the number of processors, at
   *     least 4.
   * @param pools Pools that this worker serves, besides those of its handlers. The default is the
   *     pool of tasks that name none.
   * @param lease How long an attempt belongs to this worker without a heartbeat.
   * @param grace How long an attempt has to end when it is stopped.
   * @param pollInterval Interval at which the runner checks for changes by other processes.
   * @param maxLost Number of attempts of a task run that may be lost with their worker.
   * @param storeRetryTimeout How long calls of a store that does not answer are retried. After that
   *     time, the worker gives up, and the application is no longer healthy.
   * @param drainTimeout How long running attempts may take to end when the application stops. The
   *     default is what spring.lifecycle.timeout-per-shutdown-phase leaves after the grace.
   * @param storeLogs Whether the output of attempts is also kept in the store.
   * @param logDirectory Directory of the output of attempts (default ~/.waymark/logs).
   * @param logRetention How long after the end of an execution its logs stay in the store (default
   *     forever).
   * @param logFileRetention How long after the end of an execution its files stay in the log
   *     directory (default forever).
   * @since 0.1.0
   */
  public record Runner(
      @DefaultValue("true") boolean enabled,
      @Nullable String worker,
      @Nullable Integer concurrency,
      @DefaultValue List<String> pools,
      @DefaultValue("30s") Duration lease,
      @DefaultValue("10s") Duration grace,
      @DefaultValue("500ms") Duration pollInterval,
      @DefaultValue("5") int maxLost,
      @DefaultValue("365d") Duration storeRetryTimeout,
      @Nullable Duration drainTimeout,
      @DefaultValue("true") boolean storeLogs,
      @Nullable Path logDirectory,
      @Nullable Duration logRetention,
      @Nullable Duration logFileRetention) {

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException when a value is out of range
     */
    public Runner {
      pools = List.copyOf(pools);
      Checks.isTrue(
          worker == null || !worker.isBlank(),
          "waymark.runner.worker is empty; name the worker, or remove it for a default");
      Checks.atLeast("waymark.runner.concurrency", concurrency, 1);
      Checks.atLeast("waymark.runner.max-lost", maxLost, 1);
      Checks.within("waymark.runner.lease", lease, Duration.ofMillis(100));
      Checks.within("waymark.runner.grace", grace, Duration.ZERO);
      Checks.within("waymark.runner.poll-interval", pollInterval, Duration.ofMillis(1));
      Checks.within("waymark.runner.store-retry-timeout", storeRetryTimeout, Duration.ZERO);
      Checks.within("waymark.runner.drain-timeout", drainTimeout, Duration.ZERO);
    }
  }

  /**
   * How the health of the store is checked.
   *
   * @param timeout How long the store may take to answer. After that time, it is down.
   * @since 0.1.0
   */
  public record Health(@DefaultValue("5s") Duration timeout) {

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException when the time-out is out of range
     */
    public Health {
      Checks.within("waymark.health.timeout", timeout, Duration.ofMillis(1));
    }
  }
}
