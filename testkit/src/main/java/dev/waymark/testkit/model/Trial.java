package dev.waymark.testkit.model;

import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Invariants;
import dev.waymark.testkit.ManualClock;
import dev.waymark.testkit.NothingStranded;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One run of one seed. */
final class Trial {
  /** Everything is read again after this number of steps. */
  private static final int SWEEP = 50;

  private final ManualClock clock;
  private final StateStore reference;
  private final Map<String, StateStore> stores;
  private final Clockwork clockwork;
  private final World world;
  private final Operations operations;
  private final Transcript transcript = new Transcript();
  private final Tally tally = new Tally();
  private final NothingStranded stranded = new NothingStranded();
  private int step;

  Trial(
      long seed,
      ManualClock clock,
      StateStore reference,
      Map<String, StateStore> stores,
      Limits limits) {
    this.clock = clock;
    this.reference = stranded.watch(reference);
    this.stores = stores;
    Dice dice = new Dice(seed);
    this.clockwork = new Clockwork(dice);
    this.world = new World(this.reference, dice);
    this.operations = new Operations(world, dice, clockwork, limits);
  }

  Tally run(int steps) {
    for (step = 1; step <= steps; step++) {
      clock.set(clockwork.after(clock.instant()));
      Operation operation = operations.next();
      Answer answer = ask(operation);
      world.learn(operation, answer);
      transcript.add(step, clock.instant(), operation, answer);
      count(operation, answer);
      if (step % SWEEP == 0) {
        operations.everything().forEach(this::ask);
      }
    }
    step = steps;
    operations.everythingByEveryMethod().forEach(this::ask);
    List<String> violations = new ArrayList<>(Invariants.violations(reference));
    violations.addAll(stranded.violations(reference));
    if (!violations.isEmpty()) {
      throw new Differs(step, "the records are not as they must always be: " + violations);
    }
    return tally;
  }

  private void count(Operation operation, Answer answer) {
    tally.count(operation.name(), answer.kind());
    answer.refusals().forEach(refusal -> tally.count("Refusal", refusal.reason().name()));
  }

  /** The answer of the reference store. All stores must give the same answer. */
  private Answer ask(Operation operation) {
    Answer expected = Answer.of(operation, reference);
    Map<String, Answer> answers = new LinkedHashMap<>();
    stores.forEach((name, store) -> answers.put(name, Answer.of(operation, store)));
    answers.forEach(
        (name, answer) -> {
          if (!answer.equals(expected)) {
            throw differs(name + " differs from the reference", operation, expected, answers);
          }
        });
    String wrong = wrong(operation, expected);
    if (wrong != null) {
      throw differs(wrong, operation, expected, answers);
    }
    return expected;
  }

  /**
   * A violation, or null. All stores share the code that decides, so a comparison cannot find its
   * faults. Therefore these rules are written again here, independently of that code.
   */
  private @Nullable String wrong(Operation operation, Answer answer) {
    if (!answer.isProper()) {
      return "no store may fail like this";
    }
    if (operation instanceof Operation.Group group) {
      ChangeSet last = group.sets().get(group.sets().size() - 1);
      return Afterwards.wrong(
          reference, world, last, answer.parts().get(answer.parts().size() - 1));
    }
    if (operation instanceof Operation.Commit commit) {
      String wrong = Afterwards.wrong(reference, world, commit.changes(), answer);
      if (wrong != null) {
        return wrong;
      }
      ChangeSet before = world.accepted(commit.changes().id());
      if (before != null && before.equals(commit.changes())) {
        boolean isSame = answer.value() != null && answer.value().equals(world.result(before.id()));
        return isSame ? null : "a repeated commit must get its first answer";
      }
      return before == null || answer.isInvalidInput()
          ? null
          : "a commit id must not be used for two change sets";
    }
    return null;
  }

  private Differs differs(
      String what, Operation operation, Answer expected, Map<String, Answer> answers) {
    Map<String, Answer> all = new LinkedHashMap<>();
    all.put("the reference", expected);
    all.putAll(answers);
    return new Differs(step, transcript.report(what, step, clock.instant(), operation, all));
  }

  /** Ends the run. */
  static final class Differs extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int step;

    Differs(int step, String message) {
      super(message);
      this.step = step;
    }

    int step() {
      return step;
    }
  }

  /** The steps, for the test that a seed replays exactly. */
  List<String> steps() {
    return transcript.steps();
  }
}
