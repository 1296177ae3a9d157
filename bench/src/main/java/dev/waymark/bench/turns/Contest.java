package dev.waymark.bench.turns;

import dev.waymark.bench.part.Settings;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.report.Spread;
import dev.waymark.bench.report.Target;
import dev.waymark.bench.storage.Backend;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of a contest.
 *
 * @param backend the backend of all contestants
 * @param what what was measured
 * @param rounds the rates of each round, by contestant
 */
public record Contest(Backend backend, String what, Map<String, List<Double>> rounds) {
  /** The name of the contestant that the others are compared with. */
  public static final String WAYMARK = "waymark";

  /**
   * Runs all rounds after a warm-up, and checks and closes the contestants. The contestant that
   * begins changes from round to round.
   */
  public static Contest run(
      Settings settings, Backend backend, String what, List<? extends Contestant> contestants)
      throws Exception {
    System.err.println(what + ", " + backend);
    Map<String, List<Double>> rounds = new LinkedHashMap<>();
    try {
      for (Contestant contestant : contestants) {
        rounds.put(contestant.name(), new ArrayList<>());
        double unused = contestant.work(settings.warmUp());
      }
      for (int round = 0; round < settings.rounds(); round++) {
        for (int i = 0; i < contestants.size(); i++) {
          Contestant next = contestants.get((round + i) % contestants.size());
          rounds
              .computeIfAbsent(next.name(), name -> new ArrayList<>())
              .add(next.work(settings.slice()));
        }
      }
      for (Contestant contestant : contestants) {
        contestant.check();
      }
      return new Contest(backend, what, rounds);
    } finally {
      for (Contestant contestant : contestants) {
        contestant.close();
      }
    }
  }

  /**
   * Adds the target that Waymark reaches this ratio to the best of these contestants, if any of
   * them took part.
   */
  public void addTarget(
      Report report, String rivalsName, Collection<String> rivals, double needed) {
    Spread ratio = ratioTo(rivals);
    if (ratio != null) {
      report.add(Target.least(what + ", " + backend.title() + ", to " + rivalsName, ratio, needed));
    }
  }

  /** The rates of a contestant. */
  public Spread rate(String contestant) {
    return Spread.of(rounds.getOrDefault(contestant, List.of()));
  }

  /**
   * The ratio of Waymark to the best of these contestants within each round, or null when none of
   * them took part.
   */
  public @Nullable Spread ratioTo(Collection<String> rivals) {
    List<List<Double>> others =
        rivals.stream().filter(rounds::containsKey).map(rounds::get).toList();
    if (others.isEmpty()) {
      return null;
    }
    List<Double> ratios = new ArrayList<>();
    List<Double> ours = rounds.getOrDefault(WAYMARK, List.of());
    for (int i = 0; i < ours.size(); i++) {
      int round = i;
      double best = others.stream().mapToDouble(each -> each.get(round)).max().orElseThrow();
      ratios.add(ours.get(i) / best);
    }
    return Spread.of(ratios);
  }
}
