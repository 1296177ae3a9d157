package dev.waymark.trials;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.testserver.TestServer;
import java.time.Duration;

/**
 * Records in the database itself, and only by its clock, when attempts moved and when their leases
 * expire, independently of the clocks of workers.
 */
final class AttemptRecorder {
  private final String schema;

  private AttemptRecorder(String schema) {
    this.schema = schema;
  }

  /** Starts to record in a schema that has its tables. */
  static AttemptRecorder in(String schema) {
    TestServer.execute(
        """
        CREATE TABLE %1$s.seen_attempts (
          task_run_id uuid, number integer, state text, at timestamptz DEFAULT clock_timestamp());
        CREATE TABLE %1$s.seen_leases (task_run_id uuid, number integer, expires_at timestamptz);
        CREATE FUNCTION %1$s.see_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO %1$s.seen_attempts (task_run_id, number, state)
          VALUES (NEW.task_run_id, NEW.number, NEW.state);
          RETURN NULL;
        END $$;
        CREATE FUNCTION %1$s.see_lease() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO %1$s.seen_leases VALUES (NEW.task_run_id, NEW.number, NEW.expires_at);
          RETURN NULL;
        END $$;
        CREATE TRIGGER see_attempt AFTER INSERT OR UPDATE OF state ON %1$s.attempts
        FOR EACH ROW EXECUTE FUNCTION %1$s.see_attempt();
        CREATE TRIGGER see_lease AFTER INSERT OR UPDATE ON %1$s.leases
        FOR EACH ROW EXECUTE FUNCTION %1$s.see_lease();
        """
            .formatted(schema));
    return new AttemptRecorder(schema);
  }

  /** The time at which an attempt entered a state, since the epoch. */
  Duration movedAt(TaskRunId run, int number, AttemptState state) {
    return time(
        "SELECT min(at) FROM %s.seen_attempts WHERE %s AND state = '%s'"
            .formatted(schema, attempt(run, number), state));
  }

  /** The time at which the first lease of an attempt expires. */
  Duration firstLeaseEnds(TaskRunId run, int number) {
    return lease("min", run, number);
  }

  /** The time at which the last lease of an attempt expires. */
  Duration lastLeaseEnds(TaskRunId run, int number) {
    return lease("max", run, number);
  }

  private Duration lease(String which, TaskRunId run, int number) {
    return time(
        "SELECT %s(expires_at) FROM %s.seen_leases WHERE %s"
            .formatted(which, schema, attempt(run, number)));
  }

  private static String attempt(TaskRunId run, int number) {
    return "task_run_id = '%s' AND number = %d".formatted(run, number);
  }

  private static Duration time(String query) {
    String micros =
        TestServer.text("SELECT (extract(epoch FROM (" + query + ")) * 1000000)::bigint");
    return Duration.ofNanos(Long.parseLong(micros) * 1_000);
  }
}
