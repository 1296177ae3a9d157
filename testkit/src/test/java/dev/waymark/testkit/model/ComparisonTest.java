package dev.waymark.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.InMemoryStateStore;
import dev.waymark.testkit.ManualClock;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The test of the test: what is broken is found soon, what is right is not accused. */
@DisplayName("The comparison of stores")
class ComparisonTest {
  private static final int SEEDS = 50;
  private static final int STEPS = 200;
  private static final Limits LIMITS = Comparison.limits();

  private static final List<Class<?>> WRITES =
      List.of(
          Operation.Commit.class,
          Operation.Group.class,
          Operation.LoseLease.class,
          Operation.Malformed.class);

  /** All operations that only read, and so should find something. */
  private static final List<String> READS =
      Stream.of(Operation.class.getPermittedSubclasses())
          .filter(kind -> !WRITES.contains(kind))
          .map(Class::getSimpleName)
          .toList();

  /** A store that is wrong in one way. */
  @SuppressWarnings("ImmutableEnumChecker") // The functions hold nothing.
  private enum Fault {
    IDS_DESCENDING(store -> BrokenReads.withTiebreak(store, Comparator.reverseOrder())),
    IDS_AS_SIGNED_NUMBERS(
        store -> BrokenReads.withTiebreak(store, Comparator.comparing(ExecutionId::value))),
    LOST_HISTORY_ROW(BrokenReads::withoutFifthRow),
    TOTAL_OFF_BY_ONE_PAST_THE_END(BrokenReads::withTotalOffPastTheEnd),
    TOTAL_AFTER_CURSOR(BrokenReads::withTotalAfterCursor),
    NEXT_AFTER_THE_LAST_PAGE(BrokenReads::withNextAfterTheLast),
    OFFSET_OF_32_BITS(BrokenReads::withIntOffsets),
    ONE_LABEL_ENOUGH(BrokenReads::withOneLabelEnough),
    SINCE_EXCLUSIVE(BrokenReads::withSinceExclusive),
    NO_LABEL_CONDITIONS(BrokenReads::withoutLabelConditions),
    WILDCARDS_IN_LABELS(BrokenReads::withWildcards),
    ENDED_AT_ANY_TIME(BrokenReads::withoutEndedUntil),
    ERROR_OF_ANY_BEGINNING(BrokenReads::withAnyError),
    CHILD_OF_ANY_PARENT(BrokenReads::withAnyParent),
    TASK_RUN_OF_ANY_WORKER(BrokenReads::withAnyWorker),
    PREFIX_OF_ANY_CASE(BrokenReads::withPrefixOfAnyCase),
    EMPTY_TEXT_AS_NULL(BrokenReads::withEmptyErrorsAsNull),
    UNIFORM_LINE_ENDS(BrokenReads::withUniformLineEnds),
    TRAILING_BLANKS_CUT(BrokenReads::withoutTrailingBlanks),
    NO_FENCE(BrokenWrites::withoutFences),
    NO_VERSION_CHECK(BrokenWrites::withoutVersions),
    WORKFLOW_IDS_OF_ANY_CASE(BrokenWrites::withWorkflowsOfAnyCase),
    NOT_ATOMIC(BrokenWrites::withFirstChangeLeft),
    ONE_REFUSAL_OF_MANY(BrokenWrites::withFirstRefusalOnly),
    OTHER_ANSWER_TO_REPETITION(BrokenWrites::withOtherAnswerToRepetition),
    REPEATED_COMMIT_MADE_AGAIN(BrokenWrites::withoutCommitIds),
    READY_AT_ANY_VERSION(BrokenWork::withReadyAtAnyVersion),
    READY_WITHOUT_DELAY(BrokenWork::withoutDelays),
    DUE_FOR_EVER(BrokenWork::withDueForEver),
    DUE_AT_ONCE(BrokenWork::withDueAtOnce),
    WAITS_FOR_CHILDREN_FOR_EVER(BrokenWork::withChildrenForEver),
    CHILDREN_WITHOUT_PARENTS(BrokenWork::withoutParents),
    ALWAYS_MORE_TO_SETTLE(BrokenWork::withMoreToSettle),
    SETTLED_AT_ANY_VERSION(BrokenWork::withSettleAtAnyVersion),
    SETTLED_BY_AN_OLD_COUNT(BrokenWork::withSettleByOldCount),
    SETTLED_BY_TASK_RUNS(BrokenWork::withSettleByTaskRuns),
    ADMITTED_AS_BEFORE_THE_GROUP(BrokenWork::withAdmissionBeforeMoves),
    OUTPUTS_OF_ANYBODY(BrokenWork::withOutputsOfAnybody),
    RENEWAL_FOR_THE_NEWEST(BrokenWork::withRenewalForTheNewest),
    LEASE_NOT_RECORDED(BrokenWork::withoutRecordedLeases),
    LOST_WHILE_HELD(BrokenWork::withLossAtAnyTime),
    CLAIMS_OF_ANY_POOL(BrokenWork::withClaimsOfAnyPool),
    ONE_CLAIM_TOO_MANY(BrokenWork::withOneClaimTooMany),
    CLAIMS_BY_ID(BrokenWork::withClaimsById),
    NOTHING_TOLD_AS_DUE(BrokenWork::withoutDue),
    NOTHING_SHOWN_READY(BrokenWork::withNothingShownReady),
    OUTPUTS_NOT_READ(BrokenWork::withoutOutputs),
    TIMES_ROUNDED(Function.identity(), BrokenWrites::rounding),
    TIMES_CUT_TOWARDS_1970(Function.identity(), BrokenWrites::cuttingTowards1970);

    private final Function<StateStore, StateStore> store;
    private final Function<InstantSource, InstantSource> clock;

    Fault(Function<StateStore, StateStore> store) {
      this(store, Function.identity());
    }

    Fault(Function<StateStore, StateStore> store, Function<InstantSource, InstantSource> clock) {
      this.store = store;
      this.clock = clock;
    }

    StateStore on(ManualClock time) {
      return store.apply(new InMemoryStateStore(clock.apply(time), LIMITS));
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  @DisplayName("finds a broken store within 50 seeds")
  void brokenStoreIsFound(Fault fault) {
    Difference difference = firstDifference(fault);
    assertThat(difference)
        .as("a difference within %d seeds", SEEDS)
        .hasMessageContaining("broken differs from the reference");
    System.out.printf(
        "%-30s found by seed %d at step %d%n", fault, difference.seed(), difference.step());
  }

  private static Difference firstDifference(Fault fault) {
    return firstDifference(fault, "");
  }

  /** The first difference of a seed whose report has this text. */
  private static Difference firstDifference(Fault fault, String text) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        run(seed, fault);
      } catch (Difference difference) {
        if (difference.getMessage().contains(text)) {
          return difference;
        }
      }
    }
    return null;
  }

  private static void run(long seed, Fault fault) {
    ManualClock clock = new ManualClock(Clockwork.START);
    compare(clock, fault.on(clock)).run(seed, STEPS);
  }

  private static Comparison compare(ManualClock clock, StateStore store) {
    return new Comparison(clock, Map.of("broken", store), "mvn -Dseed={seed} -Dsteps={steps}");
  }

  @Test
  @DisplayName("reports no difference for a correct store, and its runs have effects")
  void rightStorePasses() {
    Tally tally = new Tally();
    for (long seed = 1; seed <= SEEDS; seed++) {
      ManualClock clock = new ManualClock(Clockwork.START);
      tally.add(compare(clock, new InMemoryStateStore(clock, LIMITS)).run(seed, STEPS));
    }
    System.out.println(tally);
    assertThat(tally.percent("Commit", "found")).as("accepted change sets").isBetween(30.0, 80.0);
    assertThat(tally.percent("Commit", "InvalidInputException")).isBetween(3.0, 25.0);
    for (Refusal.Reason reason : Refusal.Reason.values()) {
      assertThat(tally.percent("Refusal", reason.name())).as("%s", reason).isGreaterThan(1);
    }
    assertThat(tally.count("Group")).isGreaterThan(SEEDS);
    assertThat(tally.count("LoseLease")).isGreaterThan(SEEDS / 5);
    assertThat(tally.count("Malformed")).isBetween(SEEDS, SEEDS * STEPS / 10);
    for (String read : READS) {
      assertThat(tally.count(read)).as(read).isGreaterThan(SEEDS);
      assertThat(tally.percent(read, "found")).as("%s found", read).isBetween(15.0, 99.0);
    }
    for (String list : List.of("Executions", "History", "Workflows", "WorkflowHistory")) {
      assertThat(tally.percent(list, "past the end")).as(list).isGreaterThan(5);
      assertThat(tally.percent(list, "InvalidInputException")).as(list).isGreaterThan(1);
    }
  }

  @Test
  @DisplayName("reports the seed, the step, the answers, the earlier steps and the command")
  void report() {
    String refused = "the reference: ConflictException: ";
    Difference difference = firstDifference(Fault.NO_VERSION_CHECK, refused);
    assertThat(difference)
        .hasMessageContaining("seed " + difference.seed() + ", broken differs from the reference")
        .hasMessageContaining("step " + difference.step() + " at ")
        .hasMessageContaining(refused)
        .hasMessageContaining("broken: ")
        .hasMessageContaining("steps before it upon the same records")
        .hasMessageContaining("replay: mvn -Dseed=%d -Dsteps=%d", difference.seed(), STEPS);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(names = {"NO_FENCE", "TIMES_ROUNDED"})
  @DisplayName("replays a seed exactly")
  void replay(Fault fault) {
    Difference first = firstDifference(fault);
    Difference again = catchThrowableOfType(Difference.class, () -> run(first.seed(), fault));
    assertThat(again).hasMessage(first.getMessage());
  }
}
