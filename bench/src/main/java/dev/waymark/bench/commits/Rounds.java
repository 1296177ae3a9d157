package dev.waymark.bench.commits;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs implementations under one load, round by round in one process. In each round each of them
 * works for a slice, and the order changes from round to round. So a temporary disturbance of the
 * machine affects all of them, and ratios are computed within a round.
 */
public final class Rounds {
  private final Duration slice;
  private final Duration warmUp;
  private final int rounds;

  /**
   * Runs this number of rounds with slices of this length, after one warm-up slice for each
   * implementation.
   */
  public Rounds(Duration slice, Duration warmUp, int rounds) {
    this.slice = slice;
    this.warmUp = warmUp;
    this.rounds = rounds;
  }

  /**
   * The result of one implementation.
   *
   * @param slices round by round
   * @param acknowledged everything that it acknowledged, warm-up included
   */
  public record Result(List<Slice> slices, LoadGenerator.Acknowledged acknowledged) {}

  /** Runs all rounds. Returns the results by name of the implementation. */
  public Map<String, Result> run(List<? extends Implementation> implementations, Load load)
      throws Exception {
    List<Runner> runners = new ArrayList<>();
    try {
      for (Implementation implementation : implementations) {
        Runner runner = new Runner(implementation.name(), LoadGenerator.of(implementation, load));
        runners.add(runner);
        runner.generator.work(warmUp);
        implementation.settle();
      }
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < runners.size(); i++) {
          runners.get((round + i) % runners.size()).run(slice);
        }
      }
      return results(runners);
    } finally {
      for (Runner runner : runners) {
        runner.generator.close();
      }
    }
  }

  private static Map<String, Result> results(List<Runner> runners) {
    Map<String, Result> results = new LinkedHashMap<>();
    runners.forEach(runner -> results.put(runner.name, runner.result()));
    return results;
  }

  /** One implementation during the rounds. */
  private static final class Runner {
    private final String name;
    private final LoadGenerator generator;
    private final List<Slice> slices = new ArrayList<>();

    Runner(String name, LoadGenerator generator) {
      this.name = name;
      this.generator = generator;
    }

    void run(Duration slice) throws Exception {
      slices.add(generator.work(slice));
    }

    Result result() {
      return new Result(List.copyOf(slices), generator.acknowledged());
    }
  }
}
