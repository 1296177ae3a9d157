package dev.waymark.bench.commits;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs contestants under one load, round by round in one process. In each round each of them works
 * for a slice, and the order changes from round to round. So a temporary disturbance of the machine
 * affects all of them, and ratios are computed within a round.
 */
public final class Rounds {
  private final Duration slice;
  private final Duration warmUp;
  private final int rounds;

  /**
   * Runs this number of rounds with slices of this length, after one warm-up slice for each
   * contestant.
   */
  public Rounds(Duration slice, Duration warmUp, int rounds) {
    this.slice = slice;
    this.warmUp = warmUp;
    this.rounds = rounds;
  }

  /**
   * The result of one contestant.
   *
   * @param slices round by round
   * @param acknowledged everything that it acknowledged, warm-up included
   */
  public record Result(List<Slice> slices, Crew.Acknowledged acknowledged) {}

  /** Runs all rounds. Returns the results by name of the contestant. */
  public Map<String, Result> run(List<? extends Contestant> contestants, Load load)
      throws Exception {
    List<Runner> runners = new ArrayList<>();
    try {
      for (Contestant contestant : contestants) {
        Runner runner = new Runner(contestant.name(), Crew.of(contestant, load));
        runners.add(runner);
        runner.crew.work(warmUp);
        contestant.settle();
      }
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < runners.size(); i++) {
          runners.get((round + i) % runners.size()).run(slice);
        }
      }
      return results(runners);
    } finally {
      for (Runner runner : runners) {
        runner.crew.close();
      }
    }
  }

  private static Map<String, Result> results(List<Runner> runners) {
    Map<String, Result> results = new LinkedHashMap<>();
    runners.forEach(runner -> results.put(runner.name, runner.result()));
    return results;
  }

  /** One contestant during the rounds. */
  private static final class Runner {
    private final String name;
    private final Crew crew;
    private final List<Slice> slices = new ArrayList<>();

    Runner(String name, Crew crew) {
      this.name = name;
      this.crew = crew;
    }

    void run(Duration slice) throws Exception {
      slices.add(crew.work(slice));
    }

    Result result() {
      return new Result(List.copyOf(slices), crew.acknowledged());
    }
  }
}
