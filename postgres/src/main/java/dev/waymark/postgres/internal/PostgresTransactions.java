package dev.waymark.postgres.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * The settings of the session on which the store depends, and how transactions begin. Everything in
 * these statements is named with its schema, since the session may have any search path.
 *
 * <p>A role, a database, a server or a proxy may give a session other settings than the defaults
 * (ALTER ROLE … SET), so no default is assumed. In a session that the store opened itself and that
 * no proxy shares, all is set once ({@link #tune}): to set it again in each transaction takes the
 * server a twentieth of the time of a commit. Elsewhere all settings are local to the transaction,
 * in the round trip of its BEGIN: nothing remains in a session of a pool that the store does not
 * own. What the driver itself sets and watches (client_encoding, DateStyle, TimeZone) and what
 * {@link PostgresServer} refuses is not repeated here.
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

  private static final int TRANSACTION_TIMEOUT_SINCE = 17;

  /** Marks a session as tuned by this process, and not by a setting of another program. */
  static final String TUNED = "waymark.tuned";

  /** What {@link #TUNED} is in a session that this process has tuned. */
  static final String TUNED_HERE = UUID.randomUUID().toString();

  private final PostgresSettings settings;
  private final boolean hasTransactionTimeout;

  /** Transactions with these settings on a server of this major version. */
  PostgresTransactions(PostgresSettings settings, int serverVersion) {
    this.settings = settings;
    this.hasTransactionTimeout = serverVersion >= TRANSACTION_TIMEOUT_SINCE;
  }

  /** Until when a setting holds. */
  private enum Scope {
    SESSION(false),
    TRANSACTION(true);

    private final boolean isLocal;

    Scope(boolean isLocal) {
      this.isLocal = isLocal;
    }
  }

  /**
   * The statement that sets in a session, until its end, all on which transactions that write
   * depend. Where the session of the server is not the one with this process id, because a proxy
   * shares it among its clients, it sets nothing and returns null.
   */
  String tune(int pid) {
    List<String> all = new ArrayList<>(List.of(call(TUNED, TUNED_HERE, Scope.SESSION)));
    all.addAll(writing(Scope.SESSION));
    return "SELECT CASE WHEN pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.=) "
        + pid
        + " THEN "
        + together(all)
        + " END";
  }

  /**
   * The statements that begin a transaction which writes, each but the last ending a line.
   *
   * @param isTuned whether the session has been {@linkplain #tune tuned}
   */
  String write(boolean isTuned) {
    String begin = "BEGIN ISOLATION LEVEL READ COMMITTED NOT DEFERRABLE";
    return isTuned ? begin : begin + ";\nSELECT " + together(writing(Scope.TRANSACTION));
  }

  /**
   * The statements that begin a transaction in which all reads see one snapshot.
   *
   * @param isTuned whether the session has been {@linkplain #tune tuned}
   */
  String read(boolean isTuned) {
    List<String> all = new ArrayList<>();
    if (!isTuned) {
      all.addAll(timeouts(Scope.TRANSACTION));
      all.add(path(Scope.TRANSACTION));
      all.addAll(set(PLANNED_ONCE, Scope.TRANSACTION));
    }
    all.addAll(set(READING, Scope.TRANSACTION));
    return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY NOT DEFERRABLE;\nSELECT "
        + together(all);
  }

  /** The statements that begin a look at the catalog. */
  static String look(PostgresSettings settings) {
    return "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY NOT DEFERRABLE;\nSELECT "
        + together(new PostgresTransactions(settings, 0).timeouts(Scope.TRANSACTION));
  }

  /**
   * The statements that begin a migration. Its statements may take as long as the tables are large;
   * what it waits for has a bound. Another opening that migrates is waited for as long as a
   * statement may take.
   */
  String migrate() {
    List<String> all =
        new ArrayList<>(
            timeouts(Duration.ZERO, settings.statementTimeout(), Duration.ZERO, Scope.TRANSACTION));
    all.addAll(set(MIGRATING, Scope.TRANSACTION));
    all.addAll(durable(Scope.TRANSACTION));
    return "BEGIN ISOLATION LEVEL READ COMMITTED NOT DEFERRABLE;\nSELECT " + together(all);
  }

  /**
   * Settings as arguments of one function, which returns a number: a column for each would have to
   * be written by the server and read by the driver.
   */
  private static String together(List<String> calls) {
    return "pg_catalog.num_nulls(" + String.join(", ", calls) + ")";
  }

  private List<String> writing(Scope scope) {
    List<String> all = new ArrayList<>(timeouts(scope));
    all.add(path(scope));
    all.addAll(set(PLANNED_ONCE, scope));
    all.addAll(set(JOINED_BY_KEY, scope));
    all.addAll(set(WRITING, scope));
    all.addAll(durable(scope));
    return all;
  }

  private List<String> timeouts(Scope scope) {
    return timeouts(
        settings.statementTimeout(), settings.lockTimeout(), settings.idleTimeout(), scope);
  }

  private List<String> timeouts(Duration statement, Duration lock, Duration idle, Scope scope) {
    List<String> all = new ArrayList<>();
    all.add(call("statement_timeout", Long.toString(statement.toMillis()), scope));
    all.add(call("lock_timeout", Long.toString(lock.toMillis()), scope));
    all.add(call("idle_in_transaction_session_timeout", Long.toString(idle.toMillis()), scope));
    if (hasTransactionTimeout) {
      all.add(call("transaction_timeout", "0", scope));
    }
    return all;
  }

  /** The triggers look for this very path, without which they would set it. */
  private String path(Scope scope) {
    return call("search_path", "pg_catalog, \"" + settings.schema() + "\", pg_temp", scope);
  }

  /**
   * What makes an answer true. A server, database or user may be set not to wait for the disk; a
   * stronger setting stays. That the server stopped waiting for a standby arrives as a warning,
   * which must not be suppressed. Without its triggers the store has wrong totals; only a superuser
   * may set that they fire, so it is set only where it must be.
   */
  private static List<String> durable(Scope scope) {
    return List.of(
        """
        pg_catalog.set_config('synchronous_commit',
          CASE WHEN pg_catalog.current_setting('synchronous_commit') OPERATOR(pg_catalog.=) 'off' THEN 'on'
            ELSE pg_catalog.current_setting('synchronous_commit') END, %s)"""
            .formatted(scope.isLocal),
        call("client_min_messages", "warning", scope),
        """
        CASE WHEN pg_catalog.current_setting('session_replication_role') OPERATOR(pg_catalog.=) 'replica'
          THEN pg_catalog.set_config('session_replication_role', 'origin', %s) END"""
            .formatted(scope.isLocal));
  }

  private static List<String> set(List<String> settings, Scope scope) {
    return settings.stream()
        .map(setting -> setting.split(" "))
        .map(setting -> call(setting[0], setting[1], scope))
        .toList();
  }

  /** The call that sets something until the end of the transaction. */
  static String set(String name, String value) {
    return call(name, value, Scope.TRANSACTION);
  }

  private static String call(String name, String value, Scope scope) {
    return String.format(
        Locale.ROOT, "pg_catalog.set_config('%s', '%s', %s)", name, value, scope.isLocal);
  }
}
