package dev.waymark.bench.commits;

import dev.waymark.bench.commits.Crew.Acknowledged;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares what contestants acknowledged with what their stores hold: nobody wins by not working.
 */
public final class Accounts {
  private final List<? extends Contestant> contestants;
  private final Map<String, Long> executions = new HashMap<>();
  private final Map<String, Long> succeeded = new HashMap<>();

  /** Opens the books with what the stores hold already. */
  public Accounts(List<? extends Contestant> contestants) throws SQLException {
    this.contestants = contestants;
    for (Contestant contestant : contestants) {
      Contestant.Tally tally = contestant.tally();
      executions.put(contestant.name(), tally.executions());
      succeeded.put(contestant.name(), tally.succeeded());
    }
  }

  /** Adds what was acknowledged. */
  public void add(Map<String, Rounds.Result> results) {
    results.forEach(
        (name, result) -> {
          Acknowledged acknowledged = result.acknowledged();
          executions.merge(name, acknowledged.created(), Long::sum);
          succeeded.merge(name, acknowledged.succeeded(), Long::sum);
        });
  }

  /**
   * Compares.
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
