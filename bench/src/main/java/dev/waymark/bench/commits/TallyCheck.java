package dev.waymark.bench.commits;

import dev.waymark.bench.commits.LoadGenerator.Acknowledged;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares the acknowledged steps of the implementations with the content of their stores. So a
 * implementation cannot win by skipping work.
 */
public final class TallyCheck {
  private final List<? extends Implementation> implementations;
  private final Map<String, Long> executions = new HashMap<>();
  private final Map<String, Long> succeeded = new HashMap<>();

  /** Reads what the stores already hold. */
  public TallyCheck(List<? extends Implementation> implementations) throws SQLException {
    this.implementations = implementations;
    for (Implementation implementation : implementations) {
      Implementation.Tally tally = implementation.tally();
      executions.put(implementation.name(), tally.executions());
      succeeded.put(implementation.name(), tally.succeeded());
    }
  }

  /** Adds the acknowledged steps. */
  public void add(Map<String, Rounds.Result> results) {
    results.forEach(
        (name, result) -> {
          Acknowledged acknowledged = result.acknowledged();
          executions.merge(name, acknowledged.created(), Long::sum);
          succeeded.merge(name, acknowledged.succeeded(), Long::sum);
        });
  }

  /**
   * Compares the acknowledged steps with the stores.
   *
   * @throws IllegalStateException when a store holds more or less than was acknowledged
   */
  public void check() throws SQLException {
    for (Implementation implementation : implementations) {
      Implementation.Tally tally = implementation.tally();
      long created = executions.getOrDefault(implementation.name(), 0L);
      long ended = succeeded.getOrDefault(implementation.name(), 0L);
      if (tally.executions() != created || tally.succeeded() != ended) {
        throw new IllegalStateException(
            implementation.name()
                + " acknowledged "
                + created
                + " executions, of which "
                + ended
                + " succeeded; its store holds "
                + tally.executions()
                + " and "
                + tally.succeeded());
      }
    }
  }
}
