package dev.waymark.postgres.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
   * Every statement has one good plan for all parameters. With a large store the server would plan
   * it again each time, which takes longer than to run it, and sometimes choose another plan. A
   * plan is kept for long, and one that was made while the tables were small must not read whole
   * tables later. So plans by index are enabled, and compilation and parallel plans, which cost
   * more than such a statement, are disabled.
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

  /** Additional plans for pages and look-ups by prefix. */
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

  /** A null in an array that is sent as text must not become a word. */
  private static final List<String> WRITING = List.of("array_nulls on");

  /** The syntax of the text of a script, and the check of its functions. */
  private static final List<String> MIGRATING =
      List.of("standard_conforming_strings on", "check_function_bodies on", "row_security off");

  private static final int TRANSACTION_TIMEOUT_SINCE = 17;

  /** Marks a savepoint within a transaction of the caller. */
  private static final String SAVEPOINT = "waymark_commit";

  /** Before the name of a setting: what the transaction of a caller had. */
  private static final String SAVED = "waymark.caller_";

  private static final String ROLE = "session_replication_role";

  /** Marks a session as tuned by this process, and not by a setting of another program. */
  static final String TUNED = "waymark.tuned";

  /** The value of {@link #TUNED} in a session that this process has tuned. */
  static final String TUNED_HERE = UUID.randomUUID().toString();

  private final PostgresSettings settings;
  private final boolean hasTransactionTimeout;

  /** Transactions with these settings on a server of this major version. */
  PostgresTransactions(PostgresSettings settings, int serverVersion) {
    this.settings = settings;
    this.hasTransactionTimeout = serverVersion >= TRANSACTION_TIMEOUT_SINCE;
  }

  /** How long a setting lasts. */
  private enum Scope {
    SESSION(false),
    TRANSACTION(true);

    private final boolean isLocal;

    Scope(boolean isLocal) {
      this.isLocal = isLocal;
    }
  }

  /**
   * The statement that makes, until the end of a session, all settings on which transactions that
   * write depend. If the session of the server is not the one with this process id, because a proxy
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
   * The statements that begin a transaction that writes, each but the last with a line end.
   *
   * @param isTuned whether the session has been {@linkplain #tune tuned}
   */
  String write(boolean isTuned) {
    String begin = "BEGIN ISOLATION LEVEL READ COMMITTED NOT DEFERRABLE";
    return isTuned ? begin : begin + ";\nSELECT " + together(writing(Scope.TRANSACTION));
  }

  /**
   * The statements that begin a commit within a transaction of the caller, each but the last with a
   * line end: a savepoint, and the settings. The values of the caller are saved before, in settings
   * that last as long as the transaction. The time-outs of an idle and of a whole transaction stay
   * those of the caller, and so does the durability of its COMMIT.
   */
  String beginWithin() {
    List<String> saved = new ArrayList<>();
    List<String> made = new ArrayList<>();
    forCallers()
        .forEach(
            (name, value) -> {
              saved.add(copy(name, SAVED + name));
              made.add(call(name, value, Scope.TRANSACTION));
            });
    saved.add(copy(ROLE, SAVED + ROLE));
    made.add(firingTriggers(Scope.TRANSACTION));
    return "SAVEPOINT "
        + SAVEPOINT
        + ";\nSELECT "
        + together(saved)
        + ";\nSELECT "
        + together(made);
  }

  /** The statements that restore the settings of the caller and release the savepoint. */
  List<String> endWithin() {
    List<String> restored = new ArrayList<>();
    forCallers().keySet().forEach(name -> restored.add(copy(SAVED + name, name)));
    restored.add(
        """
        CASE WHEN pg_catalog.current_setting('%1$s') OPERATOR(pg_catalog.<>) pg_catalog.current_setting('%2$s')
          THEN %3$s END"""
            .formatted(ROLE, SAVED + ROLE, copy(SAVED + ROLE, ROLE)));
    restored.add(call("waymark.counted", "no", Scope.TRANSACTION)); // Others are counted again.
    return List.of("SELECT " + together(restored), "RELEASE SAVEPOINT " + SAVEPOINT);
  }

  /** The statements that undo a commit within a transaction of the caller. */
  static List<String> undoWithin() {
    return List.of("ROLLBACK TO SAVEPOINT " + SAVEPOINT, "RELEASE SAVEPOINT " + SAVEPOINT);
  }

  private Map<String, String> forCallers() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("statement_timeout", Long.toString(settings.statementTimeout().toMillis()));
    all.put("lock_timeout", Long.toString(settings.lockTimeout().toMillis()));
    all.put("search_path", path());
    for (List<String> group : List.of(PLANNED_ONCE, JOINED_BY_KEY, WRITING)) {
      group.forEach(setting -> all.put(name(setting), value(setting)));
    }
    return all;
  }

  /** The call that gives one setting the value of another, until the end of the transaction. */
  private static String copy(String from, String to) {
    return "pg_catalog.set_config('%s', pg_catalog.current_setting('%s'), true)"
        .formatted(to, from);
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

  /**
   * The statements that begin a read of the catalog. All of it is from one snapshot: another
   * process may migrate the schema at the same time.
   *
   * @param serverVersion the major version of the server
   */
  static String look(PostgresSettings settings, int serverVersion) {
    return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY NOT DEFERRABLE;\nSELECT "
        + together(new PostgresTransactions(settings, serverVersion).timeouts(Scope.TRANSACTION));
  }

  /**
   * The statements that begin a migration. Its statements have no time-out, because their duration
   * depends on the size of the tables. Waits for locks have one. It waits for another opening that
   * migrates up to the statement time-out.
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
   * Settings as arguments of one function, which returns a number: with a column for each, the
   * server would write and the driver would read more.
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

  /** The triggers compare the path with this one, and set it if it differs. */
  private String path(Scope scope) {
    return call("search_path", path(), scope);
  }

  private String path() {
    return "pg_catalog, \"" + settings.schema() + "\", pg_temp";
  }

  /**
   * The settings on which the guarantees depend. A server, database or user may be configured not
   * to wait for the disk; a stronger setting stays. The server reports by a warning that it stopped
   * waiting for a standby, so this warning must not be suppressed. Without triggers the totals
   * would become wrong; only a superuser may change whether they fire, so this is set only if
   * necessary.
   */
  private static List<String> durable(Scope scope) {
    return List.of(
        """
        pg_catalog.set_config('synchronous_commit',
          CASE WHEN pg_catalog.current_setting('synchronous_commit') OPERATOR(pg_catalog.=) 'off' THEN 'on'
            ELSE pg_catalog.current_setting('synchronous_commit') END, %s)"""
            .formatted(scope.isLocal),
        call("client_min_messages", "warning", scope),
        firingTriggers(scope));
  }

  private static String firingTriggers(Scope scope) {
    return """
        CASE WHEN pg_catalog.current_setting('%s') OPERATOR(pg_catalog.=) 'replica' THEN %s END"""
        .formatted(ROLE, call(ROLE, "origin", scope));
  }

  private static List<String> set(List<String> settings, Scope scope) {
    return settings.stream().map(each -> call(name(each), value(each), scope)).toList();
  }

  private static String name(String setting) {
    return setting.substring(0, setting.indexOf(' '));
  }

  private static String value(String setting) {
    return setting.substring(setting.indexOf(' ') + 1);
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
