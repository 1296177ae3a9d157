package dev.waymark.jdbc.internal.sql;

import dev.waymark.core.error.WaymarkException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What differs between the backends. Thread-safe. */
public interface Dialect {
  /** The number of characters that {@link #beginning} returns. */
  int BEGINNING = 64;

  /** Names, for {@link #byIndex}, the index of task runs by execution and task. */
  String TASK_RUNS_BY_TASK = "task_runs_by_task";

  /** The text of a read. */
  String sql(ReadStatement statement);

  /** The text of a write. */
  String sql(WriteStatement statement);

  /** The name of a table as a statement must write it. */
  String table(String name);

  /**
   * A table, by this alias, whose rows a statement looks up by their primary key. A planner that
   * would rather scan the table, because it was nearly empty when statistics were collected, must
   * use the key here.
   */
  default String byKey(String table, String alias) {
    return table(table) + " " + alias;
  }

  /**
   * A table, by this alias, whose rows a statement finds by this index. A planner that would rather
   * use another one must use this.
   */
  default String byIndex(String table, String alias, String index) {
    return table(table) + " " + alias;
  }

  /** The beginning of a text, as the index of errors contains it. */
  String beginning(String column);

  /** The condition that a task run failed, for which there is an index. */
  String isFailed(String alias);

  /** The condition that a column has one of several texts, which are one parameter. */
  String isOneOf(String column);

  /**
   * The condition that a column is among the values that a query gives, so that they are looked up
   * one by one in the index of the column. A planner that cannot know how many a LIMIT leaves takes
   * a join or an IN for a large one, and reads whole tables; of an array it expects little.
   */
  default String isAmong(String column, String query) {
    return column + " = ANY (ARRAY (" + query + "))";
  }

  /**
   * The condition that a key has a value of another row, so that each row is looked up by its key.
   */
  default String isKey(String column, String value) {
    return column + " = " + value;
  }

  /** How many transactions may write at the same time without a conflict. */
  int writers();

  /**
   * Begins a transaction that may write, and so that nothing it reads can change under it unless
   * the rows are locked one by one. It may begin no sooner than with the first statement in it.
   */
  void beginWrite(Session session) throws SQLException;

  /** Runs reads one after the other, in as few round trips as the database allows. */
  void read(Session session, List<Request> requests) throws SQLException;

  /**
   * Runs the first reads of a claim of these pools, as {@link #read} does. A database may read
   * something for itself with them, from which later claims know where to begin their search.
   */
  default void readForClaim(Session session, Collection<String> pools, List<Request> requests)
      throws SQLException {
    read(session, requests);
  }

  /**
   * Claims and commits in one round trip, where the database can decide by itself that the rules
   * allow it; the rows are those of {@link ReadStatement#PICK_READY}. It claims as many task runs
   * as the claim asks for. Otherwise it claims none, gives no row and ends the transaction: the
   * claim is then to be made in the general way.
   *
   * @return false if it has not begun, and the transaction goes on
   * @throws UnknownOutcomeException when something failed after the COMMIT was sent
   * @throws SQLException also when a record was not as it was read, which {@link #isContradiction
   *     is a contradiction}
   */
  default boolean claimAtOnce(Session session, PlainClaim claim, Request.Row row)
      throws SQLException {
    return false;
  }

  /**
   * Binds the pools in which a claim looks for ready task runs, from this index on; returns the
   * index after the last.
   */
  default int bindClaimedPools(PreparedStatement statement, int first, Collection<String> pools)
      throws SQLException {
    bindTexts(statement, first, pools);
    return first + 1;
  }

  /**
   * Binds the time before which nothing can be due, or no lease can end, where the database needs
   * it for {@link ReadStatement#DUE}, {@link ReadStatement#EXPIRED} or {@link
   * ReadStatement#POOL_LEASES}; returns the index after the last.
   */
  default int bindBegin(PreparedStatement statement, int first, ReadStatement read)
      throws SQLException {
    return first;
  }

  /**
   * A value that stays equal, from one write transaction of a session to the next, exactly while no
   * other session writes to the store. Null when the database has no such value. Then a group that
   * was decided from the cache checks its preconditions when it {@link #writeAndCommit writes}.
   */
  @Nullable Object stamp(Session session) throws SQLException;

  /** Begins a transaction whose reads all see one snapshot. */
  void beginRead(Session session) throws SQLException;

  /** Ends the transaction without effect. */
  void rollback(Session session) throws SQLException;

  /**
   * Writes one set of rows after the other, each with one prepared statement, and makes the
   * transaction durable; in as few round trips as the database allows.
   *
   * @param counts how the numbers of executions change by these writes. A database whose triggers
   *     count every write ignores it.
   * @return false, and nothing is durable, when a record to be inserted exists already; the
   *     transaction is then to be rolled back. A database that has no {@link #stamp} throws an
   *     error that {@link #isContradiction is a contradiction} instead.
   * @throws UnknownOutcomeException when something failed after the COMMIT was sent and the
   *     database has not said that it rolled back
   * @throws IllegalStateException when a row did not find exactly one record as it should be;
   *     nothing is durable. A database that has no stamp throws an error likewise.
   */
  boolean writeAndCommit(Session session, List<Rows> writes, CountChanges counts)
      throws SQLException;

  /**
   * Whether an error says that the records differ from what the rows to be written expect. The
   * session is usable, and its transaction must be rolled back.
   */
  boolean isContradiction(SQLException error);

  /** Binds an id. */
  void bindUuid(PreparedStatement statement, int index, UUID id) throws SQLException;

  /** Binds a time. */
  void bindTime(PreparedStatement statement, int index, Instant time) throws SQLException;

  /** Binds a whole collection of ids to one parameter. */
  void bindUuids(PreparedStatement statement, int index, Collection<UUID> ids) throws SQLException;

  /** Binds a whole collection of texts to one parameter. */
  void bindTexts(PreparedStatement statement, int index, Collection<String> texts)
      throws SQLException;

  /** Reads an id. */
  UUID uuid(ResultSet row, int column) throws SQLException;

  /** Reads a time, or null. */
  @Nullable Instant time(ResultSet row, int column) throws SQLException;

  /** The error that a caller receives when {@code cause} ended {@code attempted}. */
  WaymarkException explain(String attempted, SQLException cause, FailedCall call);

  /** What helps against {@code cause}, which ended a transaction. */
  Remedy remedy(SQLException cause);
}
