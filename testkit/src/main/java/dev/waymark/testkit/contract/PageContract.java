package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Order;
import dev.waymark.core.query.Page;
import dev.waymark.core.query.PageRequest;
import dev.waymark.testkit.contract.base.ContractTest;
import dev.waymark.testkit.contract.base.Population;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Pages of executions by offset and by cursor: no execution appears twice, none is missing, and the
 * total is always right.
 *
 * @since 0.1.0
 */
public abstract class PageContract extends ContractTest {
  private static final long SEED = 11;

  /** For backends that run this topic alone. */
  protected PageContract() {}

  private static ExecutionQuery.Builder running(Order order) {
    return ExecutionQuery.builder()
        .order(order)
        .states(ExecutionState.RUNNING, ExecutionState.PENDING);
  }

  @ParameterizedTest(name = "({0} first)")
  @EnumSource
  @DisplayName("pages by offset are equal to the parts of a list in memory")
  void byOffset(Order order) {
    List<Execution> inOrder = Population.of(store, clock, SEED).inOrder();
    List<Execution> matching = Population.matching(inOrder, running(order).build());
    int size = matching.size();
    for (int limit : new int[] {1, 7, size - 1, size, size + 1, 1_000}) {
      for (int offset : new int[] {0, 1, 6, size - 8, size - 1, size, size + 1, size * 10}) {
        Page<Execution> page = store.executions(running(order).offset(offset).limit(limit).build());
        int from = Math.min(offset, size);
        int to = Math.min(offset + limit, size);
        assertThat(page)
            .as("offset %d, limit %d", offset, limit)
            .isEqualTo(
                new Page<Execution>(
                    matching.subList(from, to),
                    size,
                    (long) offset,
                    limit,
                    next(matching, from, to, order)));
      }
    }
  }

  private static @Nullable Cursor next(List<Execution> list, int from, int to, Order order) {
    return from < to && to < list.size() ? Cursor.after(list.get(to - 1), order) : null;
  }

  @ParameterizedTest(name = "({0} first)")
  @EnumSource
  @DisplayName("a page after any execution begins with the next one")
  void byCursor(Order order) {
    List<Execution> inOrder = Population.of(store, clock, SEED).inOrder();
    List<Execution> matching = Population.matching(inOrder, running(order).build());
    int size = matching.size();
    for (int i = 0; i < size; i++) {
      Cursor after = Population.cursorAfter(matching.get(i), order);
      Page<Execution> page = store.executions(running(order).after(after).limit(5).build());
      int to = Math.min(i + 6, size);
      assertThat(page)
          .as("after number %d", i)
          .isEqualTo(
              new Page<Execution>(
                  matching.subList(i + 1, to), size, null, 5, next(matching, i + 1, to, order)));
    }
  }

  @ParameterizedTest(name = "({0} first)")
  @EnumSource
  @DisplayName("a cursor is valid for an execution that the filter excludes")
  void cursorOfAnother(Order order) {
    List<Execution> inOrder = Population.of(store, clock, SEED).inOrder();
    List<Execution> everything =
        Population.matching(inOrder, ExecutionQuery.builder().order(order).build());
    Execution other =
        everything.stream()
            .filter(e -> e.state() == ExecutionState.FAILED)
            .skip(5)
            .findFirst()
            .orElseThrow();
    int place = everything.indexOf(other);
    List<Execution> expected =
        Population.matching(inOrder, running(order).build()).stream()
            .filter(e -> everything.indexOf(e) > place)
            .toList();
    ExecutionQuery query = running(order).after(Cursor.after(other, order)).limit(1_000).build();
    assertThat(store.executions(query).items()).isEqualTo(expected);
  }

  @ParameterizedTest(name = "({0} first)")
  @EnumSource
  @DisplayName("a walk by cursor visits each execution exactly once while others are added")
  void walk(Order order) {
    Population population = Population.of(store, clock, SEED);
    List<ExecutionId> before = population.inOrder().stream().map(Execution::id).toList();
    List<ExecutionId> visited = new ArrayList<>();
    ExecutionQuery.Builder query = ExecutionQuery.builder().order(order).limit(13);
    @Nullable Cursor next = null;
    int page = 0;
    do {
      Page<Execution> read = store.executions(query.after(next).build());
      read.items().forEach(execution -> visited.add(execution.id()));
      assertThat(visited).doesNotHaveDuplicates();
      next = read.next() == null ? null : Cursor.parse(read.next().toString());
      clock.advance(Duration.ofNanos(page++ % 2 * 1_000L));
      if (page < 40) {
        population.add(3);
      }
    } while (next != null);
    assertThat(visited).containsAll(before);
  }

  @Test
  @DisplayName("a walk from the oldest also visits the executions that are added meanwhile")
  void walkMeetsNewOnes() {
    Set<ExecutionId> expected = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      expected.add(execution());
      clock.advance(Duration.ofSeconds(1));
    }
    List<ExecutionId> visited = new ArrayList<>();
    Page<Execution> page = store.executions(ExecutionQuery.builder().limit(2).build());
    expected.add(execution());
    page.items().forEach(execution -> visited.add(execution.id()));
    while (page.next() != null) {
      page = store.executions(ExecutionQuery.builder().limit(2).after(page.next()).build());
      page.items().forEach(execution -> visited.add(execution.id()));
      assertThat(page.total()).isEqualTo(6);
      assertThat(page.offset()).isNull();
    }
    assertThat(visited).containsExactlyInAnyOrderElementsOf(expected);
  }

  @ParameterizedTest(name = "({0} first)")
  @EnumSource
  @DisplayName("a stream reads all pages of a query, each when it is needed")
  void stream(Order order) {
    List<Execution> inOrder = Population.of(store, clock, SEED).inOrder();
    List<Execution> everything =
        Population.matching(inOrder, ExecutionQuery.builder().order(order).build());
    for (long offset : new long[] {0, 7, everything.size() + 1L}) {
      ExecutionQuery query = ExecutionQuery.builder().order(order).offset(offset).limit(13).build();
      assertThat(store.allExecutions(query))
          .containsExactlyElementsOf(everything.stream().skip(offset).toList());
    }
    ExecutionQuery running = running(order).limit(3).build();
    assertThat(store.allExecutions(running))
        .containsExactlyElementsOf(Population.matching(inOrder, running));
    // The first page is read at once; the others see what is added before they are read.
    ExecutionQuery inOnes = ExecutionQuery.builder().order(order).limit(1).build();
    Stream<Execution> begun = store.allExecutions(inOnes);
    clock.advance(Duration.ofSeconds(1));
    ExecutionId added = execution();
    List<ExecutionId> expected = new ArrayList<>(everything.stream().map(Execution::id).toList());
    if (order == Order.OLDEST) {
      expected.add(added);
    }
    assertThat(begun.map(Execution::id)).containsExactlyElementsOf(expected);
  }

  @Test
  @DisplayName("past the end a page is empty and its total is still correct")
  void pastTheEnd() {
    for (int i = 0; i < 3; i++) {
      execution();
    }
    for (long offset : new long[] {3, 4, Integer.MAX_VALUE, Long.MAX_VALUE}) {
      Page<Execution> page = store.executions(ExecutionQuery.builder().offset(offset).build());
      assertThat(page)
          .isEqualTo(new Page<Execution>(List.of(), 3, offset, limits().defaultPageSize(), null));
    }
    Cursor end = Cursor.after(store.executions(ExecutionQuery.all()).items().get(2), Order.OLDEST);
    Page<Execution> page = store.executions(ExecutionQuery.builder().after(end).limit(5).build());
    assertThat(page).isEqualTo(new Page<Execution>(List.of(), 3, null, 5, null));
  }

  @Test
  @DisplayName("a page that ends with the list has no next cursor")
  void exactEnd() {
    for (int i = 0; i < 4; i++) {
      execution();
    }
    assertThat(store.executions(ExecutionQuery.builder().limit(4).build()).next()).isNull();
    Cursor afterTwo = exists(store.executions(ExecutionQuery.builder().limit(2).build()).next());
    Page<Execution> rest =
        store.executions(ExecutionQuery.builder().limit(2).after(afterTwo).build());
    assertThat(rest.items()).hasSize(2);
    assertThat(rest.next()).isNull();
  }

  @Test
  @DisplayName("a query without a limit gets the default page size")
  void defaultLimit() {
    Page<Execution> page = store.executions(ExecutionQuery.all());
    assertThat(page.limit()).isEqualTo(limits().defaultPageSize());
  }

  @Test
  @DisplayName("limits and offsets out of range are refused")
  void outOfRange() {
    for (int limit : new int[] {0, -1, Integer.MIN_VALUE}) {
      invalid(() -> ExecutionQuery.builder().limit(limit).build(), "limit " + limit);
      invalid(() -> new PageRequest(0, limit), "limit " + limit);
      invalid(() -> store.idsStartingWith(RecordKind.EXECUTION, "", limit), "limit " + limit);
    }
    for (long offset : new long[] {-1, Long.MIN_VALUE}) {
      invalid(() -> ExecutionQuery.builder().offset(offset).build(), "offset " + offset);
      invalid(() -> new PageRequest(offset, 1), "offset " + offset);
    }
  }

  @Test
  @DisplayName("a cursor is refused with another order or with an offset")
  void cursorAgainstQuery() {
    execution();
    Cursor oldest =
        Cursor.after(store.executions(ExecutionQuery.all()).items().get(0), Order.OLDEST);
    invalid(
        () -> ExecutionQuery.builder().after(oldest).order(Order.NEWEST).build(),
        "OLDEST",
        "NEWEST");
    invalid(() -> ExecutionQuery.builder().after(oldest).offset(1).build(), "offset 1");
    invalid(() -> Cursor.parse("garbage"), "garbage");
  }
}
