package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Order;
import dev.waymark.core.query.Page;
import dev.waymark.core.store.NewExecution;
import dev.waymark.testkit.contract.base.ContractTest;
import dev.waymark.testkit.contract.base.Population;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Filters of executions, each alone and all together, compared with counts that the test makes
 * itself.
 *
 * @since 0.1.0
 */
public abstract class QueryContract extends ContractTest {
  private static final long SEED = 7;

  /** For backends that run this topic alone. */
  protected QueryContract() {}

  private static List<Set<ExecutionState>> someStates() {
    return List.of(
        Set.of(),
        Set.of(ExecutionState.RUNNING),
        Set.of(ExecutionState.PENDING, ExecutionState.FAILED, ExecutionState.CANCELLED),
        Set.of(ExecutionState.values()));
  }

  private static List<@Nullable WorkflowId> someWorkflows() {
    List<@Nullable WorkflowId> workflows = new ArrayList<>();
    workflows.add(null);
    workflows.add(Population.WORKFLOWS.get(0));
    workflows.add(new WorkflowId("unknown"));
    return workflows;
  }

  private static List<Map<String, String>> someLabels() {
    return List.of(
        Map.of(),
        Map.of("team", "data"),
        Map.of("team", Population.teams().get(2)),
        Map.of("team", "infra", "tier", "0"),
        Map.of("team", "dat_"),
        Map.of("tier", "0", "nowhere", "x"));
  }

  /** Pairs of bounds around the middle of the population's time. */
  private static List<List<@Nullable Instant>> someRanges(List<Execution> inOrder) {
    @Nullable Instant none = null;
    Instant early = inOrder.get(inOrder.size() / 4).createdAt();
    Instant late = inOrder.get(inOrder.size() * 3 / 4).createdAt();
    List<List<@Nullable Instant>> ranges = new ArrayList<>();
    ranges.add(range(none, none));
    ranges.add(range(early, none));
    ranges.add(range(none, late));
    ranges.add(range(early, late));
    ranges.add(range(late, early));
    return ranges;
  }

  private static List<@Nullable Instant> range(@Nullable Instant since, @Nullable Instant until) {
    List<@Nullable Instant> range = new ArrayList<>();
    range.add(since);
    range.add(until);
    return range;
  }

  @ParameterizedTest(name = "({0} first)")
  @EnumSource
  @DisplayName("every combination of filters returns the same as a filter in memory")
  void everyCombination(Order order) {
    List<Execution> inOrder = Population.of(store, clock, SEED).inOrder();
    int notEmpty = 0;
    for (Set<ExecutionState> states : someStates()) {
      for (@Nullable WorkflowId workflow : someWorkflows()) {
        for (Map<String, String> labels : someLabels()) {
          for (List<@Nullable Instant> range : someRanges(inOrder)) {
            ExecutionQuery.Builder query =
                ExecutionQuery.builder().states(states).workflow(workflow);
            labels.forEach(query::label);
            query.since(range.get(0)).until(range.get(1)).order(order).limit(1_000);
            notEmpty += assertAnswer(inOrder, query.build()) > 0 ? 1 : 0;
          }
        }
      }
    }
    assertThat(notEmpty).as("queries that found something").isGreaterThan(50);
  }

  private long assertAnswer(List<Execution> inOrder, ExecutionQuery query) {
    List<Execution> expected = Population.matching(inOrder, query);
    Page<Execution> page = store.executions(query);
    assertThat(page.items()).as("%s", query).isEqualTo(expected);
    assertThat(page.total()).as("total of %s", query).isEqualTo(expected.size());
    return page.total();
  }

  @ParameterizedTest(name = "({0})")
  @EnumSource
  @DisplayName("time bounds are exact to the nanosecond for an execution created at T")
  void bounds(Bound bound) {
    ExecutionId id = execution();
    ExecutionQuery query = ExecutionQuery.builder().since(bound.since).until(bound.until).build();
    List<ExecutionId> expected = bound.found ? List.of(id) : List.of();
    assertThat(store.executions(query).items()).extracting(Execution::id).isEqualTo(expected);
    assertThat(store.executions(query).total()).isEqualTo(expected.size());
  }

  /** Bounds relative to the time of creation, which is a whole microsecond. */
  enum Bound {
    FOUND_SINCE_T(START, null, true),
    FOUND_SINCE_ONE_NANOSECOND_EARLIER(START.minusNanos(1), null, true),
    MISSED_SINCE_ONE_NANOSECOND_LATER(START.plusNanos(1), null, false),
    MISSED_SINCE_ONE_MICROSECOND_LATER(START.plusNanos(1_000), null, false),
    MISSED_UNTIL_T(null, START, false),
    MISSED_UNTIL_ONE_NANOSECOND_EARLIER(null, START.minusNanos(1), false),
    FOUND_UNTIL_ONE_NANOSECOND_LATER(null, START.plusNanos(1), true),
    FOUND_UNTIL_999_NANOSECONDS_LATER(null, START.plusNanos(999), true),
    FOUND_FROM_THE_FIRST_TO_THE_LAST_INSTANT(Instant.MIN, Instant.MAX, true),
    MISSED_FROM_THE_LAST_TO_THE_FIRST_INSTANT(Instant.MAX, Instant.MIN, false),
    MISSED_IN_THE_EMPTY_RANGE_AT_T(START, START, false),
    MISSED_BEFORE_THE_FIRST_INSTANT(null, Instant.MIN, false),
    MISSED_SINCE_THE_LAST_INSTANT(Instant.MAX, null, false);

    final @Nullable Instant since;
    final @Nullable Instant until;
    final boolean found;

    Bound(@Nullable Instant since, @Nullable Instant until, boolean found) {
      this.since = since;
      this.until = until;
      this.found = found;
    }

    @Override
    public String toString() {
      return name().replace('_', ' ').toLowerCase(Locale.ROOT);
    }
  }

  @Test
  @DisplayName(
      "executions of the same time are ordered by id as an unsigned number, in both orders")
  void ties() {
    flow();
    List<ExecutionId> ordered = new ArrayList<>();
    for (String id :
        List.of(
            "00000000-0000-0000-0000-000000000000",
            "00000000-0000-0000-7fff-ffffffffffff",
            "00000000-0000-0000-8000-000000000000",
            "7fffffff-ffff-ffff-ffff-ffffffffffff",
            "80000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff")) {
      ordered.add(ExecutionId.of(id));
    }
    for (int i : new int[] {3, 0, 5, 1, 4, 2}) {
      store.createExecution(new NewExecution(ordered.get(i), FLOW));
    }
    assertThat(store.executions(ExecutionQuery.all()).items())
        .extracting(Execution::id)
        .containsExactlyElementsOf(ordered);
    ExecutionQuery newest = ExecutionQuery.builder().order(Order.NEWEST).build();
    assertThat(store.executions(newest).items().stream().map(Execution::id).toList().get(0))
        .isEqualTo(ordered.get(5));
    assertThat(store.executions(newest).items())
        .isEqualTo(Population.matching(store.executions(ExecutionQuery.all()).items(), newest));
  }

  @Test
  @DisplayName("a filter by state follows an execution from state to state")
  void filterFollows() {
    ExecutionId id = execution();
    ExecutionQuery pending = ExecutionQuery.builder().states(ExecutionState.PENDING).build();
    ExecutionQuery running = ExecutionQuery.builder().states(ExecutionState.RUNNING).build();
    assertThat(store.executions(pending).total()).isEqualTo(1);
    store.updateExecution(id, ExecutionState.RUNNING, 1);
    assertThat(store.executions(pending).total()).isZero();
    assertThat(store.executions(running).items()).extracting(Execution::id).containsExactly(id);
    store.updateExecution(id, ExecutionState.SUCCEEDED, 2);
    assertThat(store.executions(running).total()).isZero();
  }

  @Test
  @DisplayName("labels are compared as a whole, with case and every character")
  void labels() {
    flow();
    ExecutionId id = ids.executionId();
    store.createExecution(
        new NewExecution(id, FLOW, null, Map.of("team", "Data", "empty", ""), Map.of()));
    assertThat(found("team", "Data")).isEqualTo(1);
    assertThat(found("empty", "")).isEqualTo(1);
    for (String value : List.of("data", "DATA", "Dat", "Data ", "", "%", "D_ta", "Data\u0301")) {
      assertThat(found("team", value)).as("team=%s", value).isZero();
    }
    for (String name :
        List.of("Team", "tea", "team.", "", "%", "$.team", "te\"am", "\uD83D\uDE80")) {
      assertThat(found(name, "Data")).as("%s=Data", name).isZero();
    }
  }

  private long found(String label, String value) {
    return store.executions(ExecutionQuery.builder().label(label, value).build()).total();
  }

  @Test
  @DisplayName("bad text in a filter is refused")
  void badText() {
    invalid(() -> ExecutionQuery.builder().label("team", "a\u0000b").build(), "NUL");
    invalid(() -> ExecutionQuery.builder().label("team", "\uD83D").build(), "surrogate");
    invalid(() -> ExecutionQuery.builder().label("te\u0000am", "x").build(), "NUL");
  }

  @Test
  @DisplayName("an empty store answers with an empty page and the default limit")
  void empty() {
    Page<Execution> page = store.executions(ExecutionQuery.all());
    assertThat(page)
        .isEqualTo(new Page<Execution>(List.of(), 0, 0L, limits().defaultPageSize(), null));
  }

  @Test
  @DisplayName("a clock that goes back puts executions at the position of their time")
  void clockStepsBack() {
    ExecutionId first = execution();
    clock.advance(Duration.ofHours(-1));
    ExecutionId earlier = execution();
    assertThat(store.executions(ExecutionQuery.all()).items())
        .extracting(Execution::id)
        .containsExactly(earlier, first);
  }
}
