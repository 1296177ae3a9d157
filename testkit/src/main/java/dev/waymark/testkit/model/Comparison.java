package dev.waymark.testkit.model;

import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.InMemoryStateStore;
import dev.waymark.testkit.ManualClock;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Puts the same operations to several stores and to the reference store, and compares every answer
 * and every error. A run is drawn from a seed: change sets, legal and illegal, with stale versions
 * and fences and repeated commit ids; reads of every kind, within and past every end; hostile text;
 * times at the edges. The same seed with the same number of steps gives the same run.
 *
 * <p>One operation at a time; what happens between threads is not looked at. Not thread-safe.
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
          .maxClaims(20)
          .maxTaskRuns(4)
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
   * @param clock the clock on which all of them were opened; a run moves it
   * @param stores the stores, opened with {@link #limits()}
   * @param replay how a run is repeated, for the message of a difference; {@code {seed}} and {@code
   *     {steps}} are put in
   */
  public Comparison(ManualClock clock, Map<String, ? extends StateStore> stores, String replay) {
    this.clock = clock;
    this.stores = new LinkedHashMap<>(stores);
    this.replay = replay;
  }

  /** The limits with which the stores must be opened: low enough to be reached. */
  public static Limits limits() {
    return LIMITS;
  }

  /**
   * Runs a seed upon stores that hold no records.
   *
   * @param steps how many operations are drawn; now and then and at the end everything is read too
   * @return what was asked and answered
   * @throws Difference at the first answer that is not that of the reference store
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
