package dev.waymark.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionConditions;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.LabelCondition;
import dev.waymark.core.query.Order;
import dev.waymark.core.query.Page;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.query.TaskRunCondition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Queries and page requests")
class QueryRecordsTest {
  private static final Instant TIME = Instant.parse("2026-03-01T12:00:00.123456Z");
  private static final ExecutionId PARENT = new ExecutionId(new UUID(1, 2));
  private static final Cursor OLDEST =
      new Cursor(Order.OLDEST, TIME, new ExecutionId(new UUID(1, 2)));

  private static void assertInvalid(ThrowingCallable call, String... words) {
    assertThatThrownBy(call)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  @DisplayName("a query without conditions returns everything, the oldest first")
  void all() {
    assertThat(ExecutionQuery.all())
        .isEqualTo(
            new ExecutionQuery(
                new ExecutionConditions(
                    Set.of(), null, Map.of(), List.of(), null, null, null, null, null, null),
                Order.OLDEST,
                0,
                null,
                null));
  }

  @Test
  @DisplayName("the builder sets every condition")
  void builder() {
    assertThat(
            ExecutionQuery.builder()
                .states(ExecutionState.RUNNING, ExecutionState.FAILED)
                .workflow(new WorkflowId("w"))
                .label("a", "1")
                .label("b", "2")
                .label(LabelCondition.exists("c"))
                .since(TIME)
                .until(TIME.plusSeconds(1))
                .endedSince(TIME.plusSeconds(2))
                .endedUntil(TIME.plusSeconds(3))
                .taskRun(TaskRunCondition.builder().worker("x").build())
                .parent(PARENT)
                .order(Order.NEWEST)
                .offset(3)
                .limit(4)
                .build())
        .isEqualTo(
            new ExecutionQuery(
                new ExecutionConditions(
                    Set.of(ExecutionState.RUNNING, ExecutionState.FAILED),
                    new WorkflowId("w"),
                    Map.of("a", "1", "b", "2"),
                    List.of(new LabelCondition.Exists("c")),
                    TIME,
                    TIME.plusSeconds(1),
                    TIME.plusSeconds(2),
                    TIME.plusSeconds(3),
                    new TaskRunCondition(Set.of(), null, "x", null),
                    PARENT),
                Order.NEWEST,
                3,
                4,
                null));
    assertThat(ExecutionQuery.builder().after(OLDEST).build().after()).isEqualTo(OLDEST);
  }

  @Test
  @DisplayName("a query keeps its own copies")
  void copies() {
    Set<ExecutionState> states = EnumSet.of(ExecutionState.RUNNING);
    Map<String, String> labels = new HashMap<>(Map.of("a", "1"));
    List<LabelCondition> conditions =
        new ArrayList<>(Collections.nCopies(2, LabelCondition.exists("b")));
    ExecutionConditions query =
        new ExecutionConditions(
            states, null, labels, conditions, null, null, null, null, null, null);
    states.clear();
    labels.clear();
    conditions.clear();
    assertThat(query.labelConditions()).containsExactly(LabelCondition.exists("b"));
    assertThat(query.states()).containsExactly(ExecutionState.RUNNING);
    assertThat(query.labels()).containsEntry("a", "1");
    assertThatThrownBy(() -> query.states().clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> query.labels().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  @DisplayName("conditions on labels and task runs refuse what cannot match or says nothing")
  void richConditions() {
    assertInvalid(
        () -> LabelCondition.anyOf("a", Set.of()), "label \"a\"", "0 values", "1 to 1000");
    Set<String> many =
        IntStream.rangeClosed(0, 1_000).mapToObj(String::valueOf).collect(Collectors.toSet());
    assertInvalid(() -> LabelCondition.anyOf("a", many), "1001 values");
    ExecutionQuery.Builder query = ExecutionQuery.builder();
    IntStream.rangeClosed(0, 16)
        .forEach(i -> query.label(LabelCondition.exists(String.valueOf(i))));
    assertInvalid(query::build, "17 label conditions", "up to 16");
    assertInvalid(() -> TaskRunCondition.builder().build(), "no part", "give a state");
    for (String bad : List.of("a\u0000", "\uD83D", "\uDE80a")) {
      assertInvalid(() -> LabelCondition.exists(bad), "label name");
      assertInvalid(() -> LabelCondition.anyOf(bad, Set.of("a")), "label name");
      assertInvalid(() -> LabelCondition.anyOf("a", Set.of(bad)), "label \"a\"");
      assertInvalid(() -> LabelCondition.startsWith(bad, "a"), "label name");
      assertInvalid(() -> LabelCondition.startsWith("a", bad), "prefix of label \"a\"");
      assertInvalid(() -> TaskRunCondition.builder().worker(bad).build(), "worker");
      assertInvalid(() -> TaskRunCondition.builder().errorPrefix(bad).build(), "prefix of errors");
    }
  }

  @Test
  @DisplayName("time bounds become whole microseconds from the year 1 to the end of the year 9999")
  void bounds() {
    ExecutionQuery query =
        ExecutionQuery.builder().since(TIME.plusNanos(1)).until(Instant.MAX).build();
    assertThat(query.since()).isEqualTo(TIME.plusNanos(1_000));
    assertThat(query.until()).isEqualTo(Instant.parse("+10000-01-01T00:00:00Z"));
    assertThat(ExecutionQuery.builder().since(Instant.MIN).build().since())
        .isEqualTo(Instant.parse("0001-01-01T00:00:00Z"));
  }

  @Test
  @DisplayName("limits and offsets out of range are refused with what was found")
  void outOfRange() {
    assertInvalid(() -> ExecutionQuery.builder().limit(0).build(), "limit 0", "1 or more");
    assertInvalid(() -> ExecutionQuery.builder().offset(-1).build(), "offset -1", "0 or more");
    assertInvalid(() -> new PageRequest(0, 0), "limit 0", "1 or more");
    assertInvalid(() -> new PageRequest(-1, 1), "offset -1", "0 or more");
    assertThat(PageRequest.first(3)).isEqualTo(new PageRequest(0, 3));
    assertThat(new PageRequest(0, 1).limit()).isEqualTo(1);
  }

  @Test
  @DisplayName("a cursor is refused with another order or with an offset")
  void cursor() {
    assertInvalid(
        () -> ExecutionQuery.builder().after(OLDEST).order(Order.NEWEST).build(),
        "OLDEST",
        "NEWEST");
    assertInvalid(
        () -> ExecutionQuery.builder().after(OLDEST).offset(2).build(), "offset 2", "cursor");
  }

  @Test
  @DisplayName("invalid text is refused in labels")
  void labels() {
    for (String bad : List.of("\u0000", "\uD83D", "\uDE80")) {
      assertInvalid(() -> ExecutionQuery.builder().label("a", bad).build(), "label \"a\"");
      assertInvalid(() -> ExecutionQuery.builder().label(bad, "a").build(), "label name");
      assertInvalid(() -> ExecutionQuery.builder().label("\uD83D", "\uDE80").build(), "label name");
    }
  }

  @Test
  @DisplayName("a page keeps its own copy of the items")
  void page() {
    List<Integer> items = new ArrayList<>(List.of(1, 2));
    Page<Integer> page = new Page<>(items, 2, 0L, 5, null);
    items.clear();
    assertThat(page.items()).containsExactly(1, 2);
  }
}
