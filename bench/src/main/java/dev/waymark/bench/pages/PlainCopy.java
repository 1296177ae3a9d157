package dev.waymark.bench.pages;

import dev.waymark.bench.place.Backend;
import dev.waymark.bench.place.Place;
import dev.waymark.bench.place.Storage;
import dev.waymark.bench.report.Numbers;
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
  static Place of(Storage ground, LargeStore large) throws SQLException {
    Place place = ground.place(large.place().backend(), "plain_" + Numbers.size(large.size()));
    if (!place.exists() || count(place) != count(large.place())) {
      place.clear();
      System.err.printf(Locale.ROOT, "copying %,d executions for plain SQL%n", large.size());
      List<String> statements = new ArrayList<>();
      statements.addAll(
          place.backend() == Backend.SQLITE ? inFile(large.place()) : inSchema(large));
      statements.addAll(INDEXES);
      if (place.backend() == Backend.POSTGRES) {
        statements.add("VACUUM (ANALYZE)");
      }
      place.execute(statements.toArray(String[]::new));
    }
    return place;
  }

  private static long count(Place place) throws SQLException {
    return place.number("SELECT count(*) FROM executions");
  }

  private static List<String> inFile(Place store) {
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
