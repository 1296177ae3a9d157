package dev.waymark.bench.commits;

import dev.waymark.bench.commits.Crew.Acknowledged;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares the acknowledged steps of the contestants with the content of their stores. So a
 * contestant cannot win by skipping work.
 */
public final class Accounts {
  private final List<? extends Contestant> contestants;
  private final Map<String, Long> executions = new HashMap<>();
  private final Map<String, Long> succeeded = new HashMap<>();

  /** Reads what the stores already hold. */
  public Accounts(List<? extends Contestant> contestants) throws SQLException {
    this.contestants = contestants;
    for (Contestant contestant : contestants) {
      Contestant.Tally tally = contestant.tally();
      executions.put(contestant.name(), tally.executions());
      succeeded.put(contestant.name(), tally.succeeded());
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
    for (Contestant contestant : contestants) {
      Contestant.Tally tally = contestant.tally();
      long created = executions.getOrDefault(contestant.name(), 0L);
      long ended = succeeded.getOrDefault(contestant.name(), 0L);
      if (tally.executions() != created || tally.succeeded() != ended) {
        throw new IllegalStateException(
            contestant.name()
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
