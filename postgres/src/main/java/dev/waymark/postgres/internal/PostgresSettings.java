package dev.waymark.postgres.internal;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Durations;
import dev.waymark.core.internal.Text;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The settings of a store, except the address of the server.
 *
 * @param schema the schema that holds the tables
 * @param poolSize how many connections there may be at the same time
 * @param poolTimeout how long to wait for a free one
 * @param connectTimeout how long opening a connection may take
 * @param statementTimeout how long a statement may take
 * @param lockTimeout how long a statement may wait for a lock
 * @param idleTimeout how long a transaction may stay open while nothing happens in it
 * @param retryTimeout how long to retry after a conflict with another process or a lost connection
 */
public record PostgresSettings(
    String schema,
    int poolSize,
    Duration poolTimeout,
    Duration connectTimeout,
    Duration statementTimeout,
    Duration lockTimeout,
    Duration idleTimeout,
    Duration retryTimeout) {
  private static final Pattern SCHEMA = Pattern.compile("(?!pg_)[a-z_][a-z0-9_]{0,62}");
  private static final Duration LEAST_POOL_TIMEOUT = Duration.ofMillis(250);
  private static final Duration LEAST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofHours(1);

  /**
   * Checks every setting.
   *
   * @throws InvalidInputException when one is out of range
   */
  public PostgresSettings {
    Text.matching(
        "schema",
        schema,
        SCHEMA,
        "use 1 to 63 lower-case letters, digits or '_', beginning with a letter or '_' and not with pg_");
    if (poolSize < 1 || poolSize > 1_000) {
      throw new InvalidInputException(
          "pool size " + poolSize + " is out of range; use 1 to 1,000 connections");
    }
    check("pool time-out", poolTimeout, LEAST_POOL_TIMEOUT);
    check("connect time-out", connectTimeout, Duration.ofSeconds(1));
    check("statement time-out", statementTimeout, LEAST);
    check("lock time-out", lockTimeout, LEAST);
    check("idle time-out", idleTimeout, LEAST);
    check("retry time-out", retryTimeout, Duration.ZERO);
  }

  private static void check(String what, Duration found, Duration least) {
    if (found.compareTo(least) < 0 || found.compareTo(LONGEST) > 0) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s %s is out of range; use %s to %s",
              what,
              Durations.format(found),
              Durations.format(least),
              Durations.format(LONGEST)));
    }
  }

  /**
   * How long the driver waits for an answer before it gives the connection up: long enough for the
   * server to cancel the statement by itself first.
   */
  Duration socketTimeout() {
    return statementTimeout.plusSeconds(10);
  }
}
