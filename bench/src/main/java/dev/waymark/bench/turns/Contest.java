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
 * @param backend the backend of all participants
 * @param what what was measured
 * @param rounds the rates of each round, by participant
 */
public record Contest(Backend backend, String what, Map<String, List<Double>> rounds) {
  /** The name of the participant that the others are compared with. */
  public static final String WAYMARK = "waymark";

  /**
   * Runs all rounds after a warm-up, and checks and closes the participants. The participant that
   * begins changes from round to round.
   */
  public static Contest run(
      Settings settings, Backend backend, String what, List<? extends Participant> participants)
      throws Exception {
    System.err.println(what + ", " + backend);
    Map<String, List<Double>> rounds = new LinkedHashMap<>();
    try {
      for (Participant participant : participants) {
        rounds.put(participant.name(), new ArrayList<>());
        double unused = participant.work(settings.warmUp());
      }
      for (int round = 0; round < settings.rounds(); round++) {
        for (int i = 0; i < participants.size(); i++) {
          Participant next = participants.get((round + i) % participants.size());
          rounds
              .computeIfAbsent(next.name(), name -> new ArrayList<>())
              .add(next.work(settings.slice()));
        }
      }
      for (Participant participant : participants) {
        participant.check();
      }
      return new Contest(backend, what, rounds);
    } finally {
      for (Participant participant : participants) {
        participant.close();
      }
    }
  }

  /**
   * Adds the target that Waymark reaches this ratio to the best of these participants, if any of
   * them took part.
   */
  public void addTarget(
      Report report, String rivalsName, Collection<String> rivals, double needed) {
    Spread ratio = ratioTo(rivals);
    if (ratio != null) {
      report.add(Target.least(what + ", " + backend.title() + ", to " + rivalsName, ratio, needed));
    }
  }

  /** The rates of a participant. */
  public Spread rate(String participant) {
    return Spread.of(rounds.getOrDefault(participant, List.of()));
  }

  /**
   * The ratio of Waymark to the best of these participants within each round, or null when none of
   * them took part.
   */
  public @Nullable Spread ratioTo(Collection<String> rivals) {
    List<String> others = rivals.stream().filter(rounds::containsKey).toList();
    return others.isEmpty() ? null : ratio(WAYMARK, others);
  }

  /**
   * The ratio of the rate of one participant to that of another within each round. It is also the
   * ratio of the times that the other and the one take for the same work.
   */
  public Spread ratio(String one, String other) {
    return ratio(one, List.of(other));
  }

  private Spread ratio(String one, List<String> others) {
    List<Double> ratios = new ArrayList<>();
    List<Double> rates = rounds.getOrDefault(one, List.of());
    for (int i = 0; i < rates.size(); i++) {
      int round = i;
      double best =
          others.stream()
              .mapToDouble(each -> rounds.getOrDefault(each, List.of()).get(round))
              .max()
              .orElseThrow();
      ratios.add(rates.get(i) / best);
    }
    return Spread.of(ratios);
  }
}
