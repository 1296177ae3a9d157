package dev.waymark.postgres.internal;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How transactions begin: with every setting of the session on which the store depends, in the same
 * round trip. Everything in these statements is named with its schema, since the session may have
 * any search path.
 *
 * <p>A role, a database, a server or a proxy may give a session other settings than the defaults
 * (ALTER ROLE … SET), so no default is assumed. All that answers depend on is local to the
 * transaction: nothing is left in the session, which belongs to a pool or is shared by a proxy.
 * What only the speed of commits depends on is set once in a session that is nobody else's ({@link
 * #tune}), and elsewhere in each transaction too. What the driver sets and watches by itself
 * (client_encoding, DateStyle, TimeZone) and what {@link PostgresServer} refuses is not repeated
 * here.
 */
final class PostgresTransactions {
  /**
   * Every statement has one good plan for all parameters. On a large store the server would plan it
   * again each time, which takes longer than to run it, and now and then differently. A plan is
   * kept for long, and one that was made while the tables were small must not go on reading them
   * whole when they are not. So what finds rows by an index stays on, and what compiles or
   * distributes a statement of microseconds is off.
   */
  private static final List<String> PLANNED_ONCE =
      List.of(
          "plan_cache_mode force_generic_plan",
          "enable_seqscan off",
          "enable_indexscan on",
          "enable_bitmapscan on",
          "enable_nestloop on",
          "enable_sort on",
          "jit off",
          "max_parallel_workers_per_gather 0");

  /** What a page or a search does beyond finding rows by key. */
  private static final List<String> READING =
      List.of(
          "enable_indexonlyscan on",
          "enable_hashjoin on",
          "enable_mergejoin on",
          "enable_hashagg on",
          "enable_material on");

  /** Every statement of a commit finds its rows by key. */
  private static final List<String> JOINED_BY_KEY =
      List.of("enable_hashjoin off", "enable_mergejoin off");

  /** A null in an array that goes as text must not become a word. */
  private static final List<String> WRITING = List.of("array_nulls on");

  /** What the text of a script means, and that its functions are checked. */
  private static final List<String> MIGRATING =
      List.of("standard_conforming_strings on", "check_function_bodies on", "row_security off");

  /**
   * A server, database or user may be set not to wait for the disk; a stronger setting stays. That
   * the server stopped waiting for a standby arrives as a warning, which must not be suppressed.
   */
  private static final String WAIT_FOR_DISK =
      """
      , pg_catalog.set_config('synchronous_commit',
          CASE WHEN pg_catalog.current_setting('synchronous_commit') OPERATOR(pg_catalog.=) 'off' THEN 'on'
            ELSE pg_catalog.current_setting('synchronous_commit') END, true),
        pg_catalog.set_config('client_min_messages', 'warning', true)""";

  /**
   * Without its triggers the store has wrong totals. Only a superuser may set this, so it is set
   * only where it must be.
   */
  private static final String TRIGGERS_FIRE =
      """
      , CASE WHEN pg_catalog.current_setting('session_replication_role') OPERATOR(pg_catalog.=) 'replica'
          THEN pg_catalog.set_config('session_replication_role', 'origin', true) END""";

  /**
   * All settings are arguments of one function, which returns a number: a column for each would
   * have to be written by the server and read by the driver.
   */
  private static final String SETTINGS = "SELECT pg_catalog.num_nulls(";

  private static final String END_OF_SETTINGS = ")";

  private static final int TRANSACTION_TIMEOUT_SINCE = 17;

  /** Says of a session that it is tuned. */
  static final String TUNED = "waymark.tuned";

  private final PostgresSettings settings;
  private final boolean hasTransactionTimeout;
  private final boolean isTuned;

  /**
   * Transactions with these settings on a server of this major version.
   *
   * @param isTuned whether all sessions were {@linkplain #tune tuned} when they were opened
   */
  PostgresTransactions(PostgresSettings settings, int serverVersion, boolean isTuned) {
    this.settings = settings;
    this.hasTransactionTimeout = serverVersion >= TRANSACTION_TIMEOUT_SINCE;
    this.isTuned = isTuned;
  }

  /**
   * The statement that sets in a session, until its end, what the speed of commits depends on;
   * nothing where the session of the server is not the one with this process id, because a proxy
   * shares it among its clients.
   */
  static String tune(int pid) {
    StringBuilder settings = new StringBuilder(call(TUNED, "on", false));
    Stream.of(PLANNED_ONCE, JOINED_BY_KEY)
        .flatMap(List::stream)
        .map(setting -> setting.split(" "))
        .forEach(setting -> settings.append(", ").append(call(setting[0], setting[1], false)));
    return "SELECT CASE WHEN pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.=) "
        + pid
        + " THEN pg_catalog.num_nulls("
        + settings
        + ") END";
  }

  /** The statements that begin a transaction which writes, each but the last ending a line. */
  String write() {
    return "BEGIN ISOLATION LEVEL READ COMMITTED NOT DEFERRABLE;\n"
        + timeouts(settings.statementTimeout().toMillis(), settings.lockTimeout().toMillis())
        + path()
        + (isTuned ? "" : set(PLANNED_ONCE) + set(JOINED_BY_KEY))
        + set(WRITING)
        + WAIT_FOR_DISK
        + TRIGGERS_FIRE
        + END_OF_SETTINGS;
  }

  /** The statements that begin a transaction in which all reads see one snapshot. */
  String read() {
    return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY NOT DEFERRABLE;\n"
        + timeouts(settings.statementTimeout().toMillis(), settings.lockTimeout().toMillis())
        + path()
        + set(PLANNED_ONCE)
        + set(READING)
        + END_OF_SETTINGS;
  }

  /** The statements that begin a look at the catalog. */
  static String look(PostgresSettings settings) {
    return "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY NOT DEFERRABLE;\n"
        + new PostgresTransactions(settings, 0, false)
            .timeouts(settings.statementTimeout().toMillis(), settings.lockTimeout().toMillis())
        + END_OF_SETTINGS;
  }

  /**
   * The statements that begin a migration. Its statements may take as long as the tables are large;
   * what it waits for has a bound. Another opening that migrates is waited for as long as a
   * statement may take.
   */
  String migrate() {
    return "BEGIN ISOLATION LEVEL READ COMMITTED NOT DEFERRABLE;\n"
        + timeouts(0, settings.statementTimeout().toMillis())
        + ", pg_catalog.set_config('idle_in_transaction_session_timeout', '0', true)"
        + set(MIGRATING)
        + WAIT_FOR_DISK
        + TRIGGERS_FIRE
        + END_OF_SETTINGS;
  }

  private String timeouts(long statementMillis, long lockMillis) {
    return SETTINGS
        + set("statement_timeout", Long.toString(statementMillis))
        + ", "
        + set("lock_timeout", Long.toString(lockMillis))
        + ", "
        + set(
            "idle_in_transaction_session_timeout", Long.toString(settings.idleTimeout().toMillis()))
        + (hasTransactionTimeout ? ", " + set("transaction_timeout", "0") : "");
  }

  /** The triggers look for this very path, without which they would set it. */
  private String path() {
    return ", " + set("search_path", "pg_catalog, \"" + settings.schema() + "\", pg_temp");
  }

  private static String set(List<String> settings) {
    StringBuilder all = new StringBuilder();
    for (String setting : settings) {
      int blank = setting.indexOf(' ');
      all.append(", ").append(set(setting.substring(0, blank), setting.substring(blank + 1)));
    }
    return all.toString();
  }

  /** The call that sets something until the end of the transaction. */
  static String set(String name, String value) {
    return call(name, value, true);
  }

  private static String call(String name, String value, boolean isLocal) {
    return String.format(
        Locale.ROOT, "pg_catalog.set_config('%s', '%s', %s)", name, value, isLocal);
  }
}
