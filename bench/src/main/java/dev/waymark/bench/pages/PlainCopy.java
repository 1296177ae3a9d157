package dev.waymark.bench.pages;

import dev.waymark.bench.report.Numbers;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.Storage;
import dev.waymark.bench.storage.StoreLocation;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A copy of the executions of a large store in separate tables, with the indexes that plain SQL
 * needs: the order of creation for all executions, for each state and for each workflow.
 */
final class PlainCopy {
  private static final List<String> INDEXES =
      List.of(
          "CREATE INDEX plain_by_creation ON executions (created_at, id)",
          "CREATE INDEX plain_by_state ON executions (state, created_at, id)",
          "CREATE INDEX plain_by_workflow ON executions (workflow_id, created_at, id)",
          "CREATE UNIQUE INDEX plain_details ON execution_details (execution_id)");

  private PlainCopy() {}

  /** Uses the copy in the folder, or creates one. */
  static StoreLocation of(Storage storage, LargeStore large) throws SQLException {
    StoreLocation location =
        storage.location(large.location().backend(), "plain_" + Numbers.size(large.size()));
    if (!location.exists() || count(location) != count(large.location())) {
      location.clear();
      System.err.printf(Locale.ROOT, "copying %,d executions for plain SQL%n", large.size());
      List<String> statements = new ArrayList<>();
      statements.addAll(
          location.backend() == Backend.SQLITE ? inFile(large.location()) : inSchema(large));
      statements.addAll(INDEXES);
      if (location.backend() == Backend.POSTGRES) {
        statements.add("VACUUM (ANALYZE)");
      }
      location.execute(statements.toArray(String[]::new));
    }
    return location;
  }

  private static long count(StoreLocation location) throws SQLException {
    return location.number("SELECT count(*) FROM executions");
  }

  private static List<String> inFile(StoreLocation store) {
    return List.of(
        "ATTACH '" + store.url().replaceFirst("^sqlite:", "").replace("'", "''") + "' AS store",
        "CREATE TABLE executions AS SELECT * FROM store.executions",
        "CREATE TABLE execution_details AS SELECT * FROM store.execution_details");
  }

  private static List<String> inSchema(LargeStore large) {
    String from = "large_" + Numbers.size(large.size());
    String to = "plain_" + Numbers.size(large.size());
    return List.of(
        "CREATE SCHEMA " + to,
        "CREATE TABLE executions AS TABLE " + from + ".executions",
        "CREATE TABLE execution_details AS TABLE " + from + ".execution_details");
  }
}
