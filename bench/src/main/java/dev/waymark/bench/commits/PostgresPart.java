package dev.waymark.bench.commits;

import dev.waymark.bench.commits.Step.Kind;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One statement of the ceiling on PostgreSQL. It writes all rows of its kind of step. */
enum PostgresPart {
  CREATE_EXECUTIONS(
      Kind.CREATE,
      """
      INSERT INTO executions (id, workflow_id, workflow_revision, state, version, request_hash, created_at)
      SELECT id, workflow_id, 1, 'PENDING', 1, ?, created_at
      FROM unnest(?::uuid[], ?::text[], ?::timestamptz[]) AS v (id, workflow_id, created_at)""") {
    @Override
    void bind(PostgresGroupWriter.Binder binder, List<Entry> rows) throws SQLException {
      binder
          .text(Entry.REQUEST_HASH)
          .column("uuid", rows, PostgresPart::execution)
          .column("text", rows, entry -> entry.step().lifecycle().workflow().value())
          .column("timestamptz", rows, Entry::at);
    }
  },
  CREATE_TASK_RUNS(
      Kind.CREATE,
      """
      INSERT INTO task_runs (id, execution_id, task_id, state, version, last_attempt, created_at)
      SELECT id, execution_id, task_id, 'PENDING', 1, 0, created_at
      FROM unnest(?::uuid[], ?::uuid[], ?::text[], ?::timestamptz[]) AS v (id, execution_id, task_id, created_at)""") {
    @Override
    void bind(PostgresGroupWriter.Binder binder, List<Entry> rows) throws SQLException {
      binder
          .column("uuid", rows.stream().flatMap(PostgresPart::allTaskRuns))
          .column("uuid", each(rows).map(PostgresPart::execution))
          .column("text", rows.stream().flatMap(entry -> Lifecycle.TASKS.stream()))
          .column("timestamptz", each(rows).map(Entry::at));
    }
  },
  RECORD_ATTEMPTS(
      Kind.BEGIN_TASK,
      """
      INSERT INTO attempts (task_run_id, number, state, worker, started_at)
      SELECT task_run_id, 1, 'RUNNING', ?, started_at
      FROM unnest(?::uuid[], ?::timestamptz[]) AS v (task_run_id, started_at)""") {
    @Override
    void bind(PostgresGroupWriter.Binder binder, List<Entry> rows) throws SQLException {
      binder.text(Step.WORKER);
      super.bind(binder, rows);
    }
  },
  BEGIN_TASK_RUNS(
      Kind.BEGIN_TASK,
      """
      UPDATE task_runs t SET state = 'RUNNING', version = 2, last_attempt = 1, started_at = v.at
      FROM unnest(?::uuid[], ?::timestamptz[]) AS v (id, at) WHERE t.id = v.id"""),
  END_ATTEMPTS(
      Kind.END_TASK,
      """
      UPDATE attempts a SET state = 'SUCCEEDED', ended_at = v.at, exit_code = 0
      FROM unnest(?::uuid[], ?::timestamptz[]) AS v (id, at) WHERE a.task_run_id = v.id AND a.number = 1"""),
  END_TASK_RUNS(
      Kind.END_TASK,
      """
      UPDATE task_runs t SET state = 'SUCCEEDED', version = 3, ended_at = v.at
      FROM unnest(?::uuid[], ?::timestamptz[]) AS v (id, at) WHERE t.id = v.id"""),
  START_EXECUTIONS(
      Kind.START,
      """
      UPDATE executions e SET state = 'RUNNING', version = 2, started_at = v.at
      FROM unnest(?::uuid[], ?::timestamptz[]) AS v (id, at) WHERE e.id = v.id"""),
  FINISH_EXECUTIONS(
      Kind.FINISH,
      """
      UPDATE executions e SET state = 'SUCCEEDED', version = 3, ended_at = v.at
      FROM unnest(?::uuid[], ?::timestamptz[]) AS v (id, at) WHERE e.id = v.id"""),
  ADD_COUNTS(
      null,
      """
      INSERT INTO execution_counts AS k (workflow_id, state, day, executions)
      SELECT workflow_id, state, day, executions
      FROM unnest(?::text[], ?::text[], ?::integer[], ?::bigint[]) AS v (workflow_id, state, day, executions)
      ON CONFLICT (workflow_id, state, day) DO UPDATE SET executions = k.executions + excluded.executions""") {
    @Override
    boolean isNeeded(Set<Kind> kinds) {
      return kinds.contains(Kind.CREATE)
          || kinds.contains(Kind.START)
          || kinds.contains(Kind.FINISH);
    }

    @Override
    void bind(PostgresGroupWriter.Binder binder, List<Entry> rows) throws SQLException {
      List<Count> counts = Count.of(rows);
      binder
          .column("text", counts.stream().map(Count::workflow))
          .column("text", counts.stream().map(Count::state))
          .column("int4", counts.stream().map(Count::day))
          .column("int8", counts.stream().map(Count::executions));
    }
  },
  ADD_HISTORY(
      null,
      """
      INSERT INTO history (execution_id, committed_at, transition_count, transitions)
      SELECT execution_id, committed_at, transition_count, transitions
      FROM unnest(?::uuid[], ?::timestamptz[], ?::integer[], ?::text[])
        AS v (execution_id, committed_at, transition_count, transitions)""") {
    @Override
    void bind(PostgresGroupWriter.Binder binder, List<Entry> rows) throws SQLException {
      binder
          .column("uuid", rows, PostgresPart::execution)
          .column("timestamptz", rows, Entry::at)
          .column("int4", rows, Entry::transitionCount)
          .column("text", rows, Entry::transitions);
    }
  },
  ADD_COMMITS(
      null,
      """
      INSERT INTO commits (id, committed_at, fingerprint, versions)
      SELECT id, committed_at, fingerprint, versions
      FROM unnest(?::uuid[], ?::timestamptz[], ?::bigint[], ?::text[]) AS v (id, committed_at, fingerprint, versions)""") {
    @Override
    void bind(PostgresGroupWriter.Binder binder, List<Entry> rows) throws SQLException {
      binder
          .column("uuid", rows, entry -> entry.step().commit().value())
          .column("timestamptz", rows, Entry::at)
          .column("int8", rows, Entry::fingerprint)
          .column("text", rows, Entry::versions);
    }
  };

  private final @Nullable Kind kind;
  private final String text;

  PostgresPart(@Nullable Kind kind, String text) {
    this.kind = kind;
    this.text = text;
  }

  /** The entries of a group that it writes. */
  List<Entry> rows(List<Entry> group) {
    return kind == null
        ? group
        : group.stream().filter(entry -> entry.step().kind() == kind).toList();
  }

  String text() {
    return text;
  }

  boolean isNeeded(Set<Kind> kinds) {
    return kind == null || kinds.contains(kind);
  }

  /** Binds the rows. For a move, binds the id of the moved record and the time. */
  void bind(PostgresGroupWriter.Binder binder, List<Entry> rows) throws SQLException {
    boolean ofExecution = kind == Kind.START || kind == Kind.FINISH;
    binder
        .column("uuid", rows, ofExecution ? PostgresPart::execution : PostgresPart::taskRun)
        .column("timestamptz", rows, Entry::at);
  }

  /** Each entry, repeated for each task. */
  private static Stream<Entry> each(List<Entry> rows) {
    return rows.stream().flatMap(entry -> Lifecycle.TASKS.stream().map(task -> entry));
  }

  private static Stream<UUID> allTaskRuns(Entry entry) {
    return entry.step().lifecycle().taskRuns().stream().map(id -> id.value());
  }

  private static Object execution(Entry entry) {
    return entry.step().lifecycle().execution().value();
  }

  private static Object taskRun(Entry entry) {
    return entry.step().taskRun().value();
  }
}
