package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Order;
import dev.waymark.core.query.Page;
import dev.waymark.core.store.Limits;
import dev.waymark.testkit.contract.base.ContractTest;
import dev.waymark.testkit.contract.base.Population;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Pages of executions that were created over many days: at the borders of days and one microsecond
 * beside them, before 1970, and at both ends of time. A store may use days to count and search. The
 * pages must not show it.
 *
 * @since 0.1.0
 */
public abstract class DaysContract extends ContractTest {
  private static final long SEED = 13;
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");
  private static final Instant BORDER = Instant.parse("2026-03-01T00:00:00Z");

  /** For backends that run this topic alone. */
  protected DaysContract() {}

  /** Pages may have any size in these tests. */
  @Override
  protected Limits limits() {
    return Limits.builder().maxPageSize(Integer.MAX_VALUE).build();
  }

  private static List<Instant> times() {
    List<Instant> times = new ArrayList<>(List.of(FIRST, LAST));
    for (Instant border :
        List.of(
            FIRST.plus(1, ChronoUnit.DAYS),
            Instant.EPOCH.minus(1, ChronoUnit.DAYS),
            Instant.EPOCH,
            BORDER.minus(1, ChronoUnit.DAYS),
            BORDER,
            LAST.plusNanos(1_000).minus(1, ChronoUnit.DAYS))) {
      times.addAll(List.of(border.minusNanos(1_000), border, border.plusNanos(1_000)));
    }
    for (int i = -4; i < 5; i++) { // two days with more executions than the others
      times.add(BORDER.plus(Duration.ofHours(3L * i + 1)));
    }
    return times;
  }

  /** A half-open range of time. A null bound leaves its side open. */
  private record Range(@Nullable Instant since, @Nullable Instant until) {}

  private static List<Range> ranges() {
    Instant noon = BORDER.plus(Duration.ofHours(12));
    return List.of(
        new Range(null, null),
        new Range(Instant.MIN, Instant.MAX),
        new Range(null, Instant.EPOCH),
        new Range(Instant.EPOCH, null),
        new Range(Instant.EPOCH.plusNanos(1), BORDER.plusNanos(1_001)),
        new Range(BORDER, BORDER.plus(1, ChronoUnit.DAYS)),
        new Range(noon.minus(2, ChronoUnit.HOURS), noon),
        new Range(LAST, null),
        new Range(null, LAST),
        new Range(noon, BORDER));
  }

  private static List<Set<ExecutionState>> states() {
    return List.of(
        Set.of(),
        Set.of(ExecutionState.SUCCEEDED),
        Set.of(ExecutionState.PENDING, ExecutionState.RUNNING, ExecutionState.CANCELLED));
  }

  private static List<@Nullable WorkflowId> workflows() {
    List<@Nullable WorkflowId> workflows = new ArrayList<>();
    workflows.add(null);
    workflows.add(Population.WORKFLOWS.get(1));
    return workflows;
  }

  /** Calls an action for every filter with these labels, over every range. */
  private static void forEachFilter(
      Order order, Map<String, String> labels, Consumer<ExecutionQuery.Builder> action) {
    for (Set<ExecutionState> states : states()) {
      for (@Nullable WorkflowId workflow : workflows()) {
        for (Range range : ranges()) {
          ExecutionQuery.Builder query = ExecutionQuery.builder().order(order);
          labels.forEach(query::label);
          query.states(states).workflow(workflow).since(range.since()).until(range.until());
          action.accept(query);
        }
      }
    }
  }

  @ParameterizedTest(name = "({0} first)")
  @EnumSource
  @DisplayName("every page by offset is equal to a filtered list in memory, with any filter")
  void byOffset(Order order) {
    List<Execution> inOrder = Population.at(store, clock, SEED, times()).inOrder();
    forEachFilter(
        order,
        Map.of(),
        query -> {
          List<Execution> expected = Population.matching(inOrder, query.build());
          int size = expected.size();
          for (int offset = 0; offset <= size; offset += offset < 6 ? 1 : 5) {
            assertPage(expected, query.offset(offset).limit(1).build());
            assertPage(expected, query.offset(offset).limit(4).build());
          }
          for (int offset : new int[] {0, size / 2, Math.max(0, size - 1), size}) {
            assertPage(expected, query.offset(offset).limit(Integer.MAX_VALUE).build());
          }
        });
  }

  private void assertPage(List<Execution> expected, ExecutionQuery query) {
    int size = expected.size();
    int from = (int) Math.min(query.offset(), size);
    int to = (int) Math.min((long) from + exists(query.limit()), size);
    @Nullable Cursor next =
        from < to && to < size ? Cursor.after(expected.get(to - 1), query.order()) : null;
    assertThat(store.executions(query))
        .as("%s", query)
        .isEqualTo(
            new Page<Execution>(
                expected.subList(from, to), size, query.offset(), exists(query.limit()), next));
  }

  @ParameterizedTest(name = "({0} first)")
  @EnumSource
  @DisplayName("a walk by cursor visits the same as a filtered list in memory, with any filter")
  void byCursor(Order order) {
    List<Execution> inOrder = Population.at(store, clock, SEED, times()).inOrder();
    forEachFilter(
        order,
        Map.of(),
        query -> {
          List<Execution> expected = Population.matching(inOrder, query.build());
          for (int limit : new int[] {3, Integer.MAX_VALUE}) {
            assertThat(walk(query.limit(limit), expected.size())).isEqualTo(expected);
          }
        });
  }

  @ParameterizedTest(name = "({0} first)")
  @EnumSource
  @DisplayName("a page after any cursor, even outside of the range, begins directly behind it")
  void fromAnyPlace(Order order) {
    List<Execution> inOrder = Population.at(store, clock, SEED, times()).inOrder();
    ExecutionQuery everything = ExecutionQuery.builder().order(order).build();
    List<Execution> all = Population.matching(inOrder, everything);
    for (Map<String, String> labels : List.of(Map.<String, String>of(), Map.of("tier", "0"))) {
      forEachFilter(
          order,
          labels,
          query -> {
            Set<Execution> matching = Set.copyOf(Population.matching(inOrder, query.build()));
            for (int i = 0; i < all.size(); i += 17) {
              List<Execution> rest = all.subList(i + 1, all.size());
              query.after(Cursor.after(all.get(i), order)).limit(2);
              assertThat(store.executions(query.build()).items())
                  .as("%s", query.build())
                  .isEqualTo(rest.stream().filter(matching::contains).limit(2).toList());
            }
          });
    }
  }

  private List<Execution> walk(ExecutionQuery.Builder query, long total) {
    List<Execution> visited = new ArrayList<>();
    @Nullable Cursor next = null;
    do {
      Page<Execution> page = store.executions(query.after(next).build());
      assertThat(page.total()).as("total of %s", query.build()).isEqualTo(total);
      visited.addAll(page.items());
      next = page.next();
    } while (next != null);
    query.after(null);
    return visited;
  }

  @ParameterizedTest(name = "({0} first)")
  @EnumSource
  @DisplayName("a list by labels is equal to a filtered list in memory, with any other filter")
  void byLabels(Order order) {
    List<Execution> inOrder = Population.at(store, clock, SEED, times()).inOrder();
    for (Map<String, String> labels :
        List.of(Map.of("team", "infra"), Map.of("team", "data", "tier", "1"))) {
      forEachFilter(
          order,
          labels,
          query -> {
            List<Execution> expected = Population.matching(inOrder, query.build());
            assertThat(walk(query.limit(3), expected.size())).isEqualTo(expected);
            for (int offset = 0; offset <= expected.size(); offset += 2) {
              assertPage(expected, query.offset(offset).limit(2).build());
            }
            assertPage(expected, query.offset(Long.MAX_VALUE).limit(2).build());
            query.offset(0);
          });
    }
  }
}
