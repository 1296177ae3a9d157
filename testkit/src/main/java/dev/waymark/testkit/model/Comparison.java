package dev.waymark.testkit.model;

import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.InMemoryStateStore;
import dev.waymark.testkit.ManualClock;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Applies the same operations to several stores and to the reference store, and compares every
 * result and every error. A run is generated from a seed. It contains legal and illegal change
 * sets, stale versions and fences, repeated commit ids, reads of every kind within and past every
 * end, hostile text, and times at the edges. The same seed with the same number of steps gives the
 * same run.
 *
 * <p>Operations run one at a time; concurrency is not tested. Not thread-safe.
 *
 * @since 0.1.0
 */
public final class Comparison {
  private static final Limits LIMITS =
      Limits.builder()
          .maxDefinitionBytes(300)
          .maxDescriptionBytes(60)
          .maxLabels(4)
          .maxLabelValueBytes(40)
          .maxInputBytes(120)
          .maxErrorBytes(40)
          .maxWorkerBytes(24)
          .maxOutputBytes(120)
          .maxDetailBytes(60)
          .maxClaims(20)
          .maxTaskRuns(4)
          .maxSignals(6)
          .maxAttempts(3)
          .maxChanges(14)
          .maxPageSize(30)
          .defaultPageSize(5)
          .build();

  private final ManualClock clock;
  private final Map<String, StateStore> stores;
  private final String replay;

  /**
   * Compares these stores, by name, with the reference store.
   *
   * @param clock the clock of all stores; a run moves it
   * @param stores the stores, opened with {@link #limits()}
   * @param replay the command that repeats a run, for the message of a difference; {@code {seed}}
   *     and {@code {steps}} are replaced
   */
  public Comparison(ManualClock clock, Map<String, ? extends StateStore> stores, String replay) {
    this.clock = clock;
    this.stores = new LinkedHashMap<>(stores);
    this.replay = replay;
  }

  /** The limits with which the stores must be opened. They are low, so that a run reaches them. */
  public static Limits limits() {
    return LIMITS;
  }

  /**
   * Runs a seed on stores that hold no records.
   *
   * @param steps the number of generated operations; everything is also read at intervals and at
   *     the end
   * @return counts of the operations and their answers
   * @throws Difference at the first answer that differs from that of the reference store
   */
  public Tally run(long seed, int steps) {
    clock.set(Clockwork.START);
    Trial trial = new Trial(seed, clock, new InMemoryStateStore(clock, LIMITS), stores, LIMITS);
    try {
      return trial.run(steps);
    } catch (Trial.Differs e) {
      String command = replay.replace("{seed}", seed + "").replace("{steps}", steps + "");
      throw new Difference(
          seed, e.step(), "seed %s, %s\nreplay: %s\n".formatted(seed, e.getMessage(), command));
    }
  }
}
