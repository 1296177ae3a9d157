package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.query.ExecutionConditions;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.LabelCondition;
import dev.waymark.core.query.Order;
import dev.waymark.core.query.Page;
import dev.waymark.core.query.TaskRunCondition;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.testkit.contract.base.ContractTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Conditions on labels, task runs and the end of an execution, each alone and together, compared
 * with a filter in memory.
 *
 * @since 0.1.0
 */
public abstract class ConditionContract extends ContractTest {
  private static final long SEED = 11;
  private static final int EXECUTIONS = 90;

  /** Text with everything that a pattern, a collation or UTF-16 could misread. */
  private static final List<String> TEXTS =
      List.of(
          "",
          "a",
          "A",
          "ab",
          "a%b",
          "a_b",
          "a\\b",
          "a*[b]?",
          "\u00E4",
          "a\u0308",
          "\u00DF",
          "ss",
          "\uD7FF!",
          "\uE000!",
          "\uFFFF!",
          "\uD83D\uDE80!",
          "\uDBFF\uDFFF",
          "\uDBFF\uDFFF\uDBFF\uDFFF!",
          "it's \"quoted\"",
          "\u0001\u001F");

  private static final String LONG = "\uD83D\uDE80".repeat(64);

  /** For backends that run this topic alone. */
  protected ConditionContract() {}

  // ---- what is in the store

  /** Executions in all states, with task runs in all states, at a few times. */
  private List<ExecutionDetails> fill() {
    flow();
    Random random = new Random(SEED);
    List<ExecutionDetails> all = new ArrayList<>();
    List<ExecutionId> added = new ArrayList<>();
    for (int i = 0; i < EXECUTIONS; i++) {
      added.add(add(random));
      clock.advance(Duration.ofNanos(1_000L * random.nextInt(3)));
    }
    added.forEach(id -> all.add(details(id)));
    all.sort(
        (a, b) -> {
          int byTime = a.execution().createdAt().compareTo(b.execution().createdAt());
          return byTime != 0 ? byTime : a.execution().id().compareTo(b.execution().id());
        });
    return all;
  }

  private ExecutionId add(Random random) {
    Map<String, String> labels = new TreeMap<>();
    if (random.nextInt(5) > 0) {
      labels.put("text", pick(random, TEXTS));
    }
    if (random.nextBoolean()) {
      labels.put("tier", random.nextInt(3) + "");
    }
    ExecutionId id = ids.executionId();
    store.createExecution(new NewExecution(id, FLOW, null, labels, Map.of()));
    ExecutionState state = pick(random, List.of(ExecutionState.values()));
    for (int task = 0; task < random.nextInt(4); task++) {
      addTaskRun(random, id, "t" + task, state.isTerminal());
    }
    clock.advance(Duration.ofNanos(1_000L * random.nextInt(3)));
    wayTo(state).forEach(to -> store.commit(changes().updateExecution(id, to).build()));
    return id;
  }

  private void addTaskRun(Random random, ExecutionId execution, String task, boolean ends) {
    TaskRunId id = ids.taskRunId();
    store.commit(changes().createTaskRun(new NewTaskRun(id, execution, new TaskId(task))).build());
    TaskRunState state;
    do {
      state = pick(random, List.of(TaskRunState.values()));
    } while (ends && !state.isTerminal());
    List<TaskRunState> way = wayTo(state);
    int attempts =
        way.contains(TaskRunState.RUNNING) && state != TaskRunState.RUNNING ? random.nextInt(3) : 0;
    for (TaskRunState to : way) {
      store.commit(changes().updateTaskRun(id, to).build());
      for (int number = 1; number <= attempts && to == TaskRunState.RUNNING; number++) {
        addAttempt(random, new AttemptId(id, number));
      }
    }
  }

  private void addAttempt(Random random, AttemptId id) {
    ChangeSet.Builder changes =
        changes().recordAttempt(id.taskRunId(), "worker-" + pick(random, List.of("a", "A", "%")));
    AttemptState state = pick(random, List.of(AttemptState.SUCCEEDED, AttemptState.FAILED));
    if (state == AttemptState.SUCCEEDED && random.nextBoolean()) {
      changes.updateAttempt(id, state);
    } else {
      String error = random.nextInt(3) > 0 ? pick(random, TEXTS) : LONG + pick(random, TEXTS);
      changes.updateAttempt(id, state, error);
    }
    store.commit(changes.build());
  }

  private static <T> T pick(Random random, List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  // ---- what is asked

  private static List<String> prefixes() {
    List<String> prefixes = new ArrayList<>(TEXTS);
    for (String text : TEXTS) {
      if (!text.isEmpty()) {
        prefixes.add(text.substring(0, text.offsetByCodePoints(0, 1)));
      }
    }
    prefixes.addAll(List.of("%", "_", "*", "a%", "a_", "\u0308", "\u00E4\u0308", "zz"));
    return prefixes.stream().distinct().toList();
  }

  private static List<Consumer<ExecutionQuery.Builder>> someLabels() {
    return List.of(
        query -> {},
        query -> query.label(LabelCondition.exists("tier")),
        query -> query.label(LabelCondition.anyOf("tier", Set.of("0", "2", "%"))),
        query -> query.label("tier", "1").label(LabelCondition.startsWith("text", "a")),
        query ->
            query
                .label(LabelCondition.exists("tier"))
                .label(LabelCondition.startsWith("text", ""))
                .label(LabelCondition.anyOf("tier", Set.of("1", "2"))));
  }

  private static List<@Nullable TaskRunCondition> someTaskRuns() {
    List<@Nullable TaskRunCondition> conditions = new ArrayList<>();
    conditions.add(null);
    for (TaskRunCondition.Builder builder :
        List.of(
            TaskRunCondition.builder().states(TaskRunState.FAILED),
            TaskRunCondition.builder().states(TaskRunState.WAITING, TaskRunState.RUNNING),
            TaskRunCondition.builder().states(TaskRunState.SUCCEEDED).task(new TaskId("t1")),
            TaskRunCondition.builder().task(new TaskId("t0")).worker("worker-a"),
            TaskRunCondition.builder().states(TaskRunState.FAILED).worker("worker-%"),
            TaskRunCondition.builder().errorPrefix("a"),
            TaskRunCondition.builder().errorPrefix("").states(TaskRunState.FAILED))) {
      conditions.add(builder.build());
    }
    return conditions;
  }

  private static List<Consumer<ExecutionQuery.Builder>> someTimes(List<ExecutionDetails> all) {
    Instant early = all.get(all.size() / 4).execution().createdAt();
    Instant late = all.get(all.size() * 3 / 4).execution().createdAt();
    return List.of(
        query -> {},
        query -> query.endedSince(early),
        query -> query.endedSince(early).endedUntil(late),
        query -> query.since(early).endedUntil(late),
        query -> query.endedSince(late).endedUntil(early));
  }

  private static List<Set<ExecutionState>> someStates() {
    return List.of(
        Set.of(), Set.of(ExecutionState.FAILED, ExecutionState.RUNNING, ExecutionState.PENDING));
  }

  @ParameterizedTest(name = "({0} first)")
  @EnumSource
  @DisplayName("every combination returns the same as a filter in memory")
  void everyCombination(Order order) {
    List<ExecutionDetails> all = fill();
    int notEmpty = 0;
    for (Set<ExecutionState> states : someStates()) {
      for (Consumer<ExecutionQuery.Builder> labels : someLabels()) {
        for (Consumer<ExecutionQuery.Builder> times : someTimes(all)) {
          for (@Nullable TaskRunCondition taskRun : someTaskRuns()) {
            ExecutionQuery.Builder query = ExecutionQuery.builder().states(states).order(order);
            labels.accept(query);
            times.accept(query);
            notEmpty += assertAnswer(all, query.taskRun(taskRun)) > 0 ? 1 : 0;
          }
        }
      }
    }
    assertThat(notEmpty).as("queries that found something").isGreaterThan(100);
  }

  @Test
  @DisplayName("the beginning of a label is compared by character: no wildcard, case or collation")
  void labelPrefixes() {
    List<ExecutionDetails> all = fill();
    int notEmpty = 0;
    for (String prefix : prefixes()) {
      ExecutionQuery.Builder query = ExecutionQuery.builder();
      query.label(LabelCondition.startsWith("text", prefix));
      notEmpty += assertAnswer(all, query) > 0 ? 1 : 0;
      // The same condition, checked for each execution of another one.
      assertAnswer(all, query.label(LabelCondition.anyOf("tier", Set.of("1"))));
      assertAnswer(all, ExecutionQuery.builder().label(LabelCondition.exists(prefix)));
      assertAnswer(all, ExecutionQuery.builder().label(LabelCondition.startsWith(prefix, "")));
    }
    assertThat(notEmpty).isGreaterThan(TEXTS.size() / 2);
  }

  @Test
  @DisplayName("the beginning of an error is compared by character, whatever its length")
  void errorPrefixes() {
    List<ExecutionDetails> all = fill();
    List<String> prefixes = new ArrayList<>(prefixes());
    prefixes().forEach(prefix -> prefixes.add(LONG + prefix));
    for (int shorter : new int[] {1, 63}) {
      prefixes.add(LONG.substring(0, LONG.length() - 2 * shorter));
    }
    int notEmpty = 0;
    for (String prefix : prefixes) {
      ExecutionQuery.Builder query = ExecutionQuery.builder();
      query.taskRun(TaskRunCondition.builder().errorPrefix(prefix).build());
      notEmpty += assertAnswer(all, query) > 0 ? 1 : 0;
      assertAnswer(all, query.label("tier", "2"));
    }
    assertThat(notEmpty).isGreaterThan(TEXTS.size());
  }

  @Test
  @DisplayName("several values of a label are compared as a whole")
  void values() {
    List<ExecutionDetails> all = fill();
    for (String text : TEXTS) {
      ExecutionQuery.Builder query = ExecutionQuery.builder();
      query.label(LabelCondition.anyOf("text", Set.of(text, text + "%", "_", "nothing")));
      assertAnswer(all, query);
    }
  }

  private long assertAnswer(List<ExecutionDetails> all, ExecutionQuery.Builder builder) {
    ExecutionQuery query = builder.offset(0).limit(1_000).build();
    List<Execution> expected = new ArrayList<>();
    for (ExecutionDetails each : all) {
      if (matches(each, query.conditions())) {
        expected.add(each.execution());
      }
    }
    if (query.order() == Order.NEWEST) {
      Collections.reverse(expected);
    }
    Page<Execution> page = store.executions(query);
    assertThat(page.items()).as("%s", query).isEqualTo(expected);
    assertThat(page.total()).as("total of %s", query).isEqualTo(expected.size());
    assertThat(page.next()).isNull();
    return page.total();
  }

  private static boolean matches(ExecutionDetails details, ExecutionConditions conditions) {
    Execution execution = details.execution();
    boolean matches =
        (conditions.states().isEmpty() || conditions.states().contains(execution.state()))
            && isWithin(conditions.since(), execution.createdAt(), conditions.until())
            && isWithin(conditions.endedSince(), execution.endedAt(), conditions.endedUntil())
            && execution.labels().entrySet().containsAll(conditions.labels().entrySet());
    for (LabelCondition condition : conditions.labelConditions()) {
      matches &= matches(execution.labels().get(condition.name()), condition);
    }
    TaskRunCondition taskRun = conditions.taskRun();
    return matches
        && (taskRun == null
            || details.taskRuns().stream()
                .anyMatch(each -> matches(each.taskRun(), each.attempts(), taskRun)));
  }

  private static boolean isWithin(
      @Nullable Instant since, @Nullable Instant time, @Nullable Instant until) {
    boolean isAfter = since == null || (time != null && time.compareTo(since) >= 0);
    return isAfter && (until == null || (time != null && time.compareTo(until) < 0));
  }

  private static boolean matches(@Nullable String value, LabelCondition condition) {
    if (value == null) {
      return false;
    } else if (condition instanceof LabelCondition.StartsWith starts) {
      return value.startsWith(starts.prefix());
    }
    return !(condition instanceof LabelCondition.AnyOf anyOf) || anyOf.values().contains(value);
  }

  private static boolean matches(TaskRun run, List<Attempt> attempts, TaskRunCondition condition) {
    Attempt newest = attempts.isEmpty() ? null : attempts.get(attempts.size() - 1);
    String error = newest == null ? null : newest.error();
    String prefix = condition.errorPrefix();
    return (condition.states().isEmpty() || condition.states().contains(run.state()))
        && (condition.taskId() == null || condition.taskId().equals(run.taskId()))
        && (condition.worker() == null
            || (newest != null && condition.worker().equals(newest.worker())))
        && (prefix == null || (error != null && error.startsWith(prefix)));
  }

  // ---- pages

  @ParameterizedTest(name = "({0} first)")
  @EnumSource
  @DisplayName("pages by cursor and by offset join to the whole list, with the total on each")
  void pages(Order order) {
    List<ExecutionDetails> all = fill();
    for (Consumer<ExecutionQuery.Builder> labels : someLabels()) {
      for (@Nullable TaskRunCondition taskRun : someTaskRuns()) {
        ExecutionQuery.Builder builder = ExecutionQuery.builder().order(order).taskRun(taskRun);
        labels.accept(builder);
        ExecutionQuery whole = builder.limit(1_000).build();
        List<Execution> expected = store.executions(whole).items();
        ExecutionQuery query = builder.limit(3).build();
        assertThat(store.allExecutions(query)).as("%s", query).containsExactlyElementsOf(expected);
        List<Execution> byOffset = new ArrayList<>();
        for (int offset = 0; offset <= all.size(); offset += 3) {
          Page<Execution> page = store.executions(builder.offset(offset).build());
          assertThat(page.total()).isEqualTo(expected.size());
          assertThat(page.offset()).isEqualTo(offset);
          byOffset.addAll(page.items());
        }
        assertThat(byOffset).isEqualTo(expected);
      }
    }
  }

  @Test
  @DisplayName("the total is exact past the end, up to the greatest offset")
  void pastTheEnd() {
    fill();
    for (@Nullable TaskRunCondition taskRun : someTaskRuns()) {
      ExecutionQuery.Builder query =
          ExecutionQuery.builder().taskRun(taskRun).label(LabelCondition.exists("tier"));
      long total = store.executions(query.limit(1_000).build()).total();
      for (long offset : new long[] {total, total + 1, Integer.MAX_VALUE + 1L, Long.MAX_VALUE}) {
        Page<Execution> page = store.executions(query.offset(offset).build());
        assertThat(page).isEqualTo(new Page<Execution>(List.of(), total, offset, 1_000, null));
      }
    }
  }

  // ---- single conditions

  @Test
  @DisplayName("one task run must match all parts of the condition")
  void oneTaskRun() {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    failed(execution, "charge", "worker-1", "disk full");
    failed(execution, "ship", "worker-2", "time-out");
    TaskRunCondition.Builder charge = TaskRunCondition.builder().task(new TaskId("charge"));
    assertThat(total(charge.worker("worker-1").errorPrefix("disk").build())).isEqualTo(1);
    assertThat(total(charge.worker("worker-2").build())).isZero();
    assertThat(total(charge.worker("worker-1").errorPrefix("time").build())).isZero();
    assertThat(total(charge.worker(null).errorPrefix("time").build())).isZero();
  }

  @Test
  @DisplayName("worker and error are those of the newest attempt")
  void newestAttempt() {
    TaskRunId id = taskRunIn(executionIn(ExecutionState.RUNNING), TaskRunState.RUNNING);
    store.commit(
        changes()
            .recordAttempt(id, "worker-1")
            .updateAttempt(new AttemptId(id, 1), AttemptState.FAILED, "disk full")
            .updateTaskRun(id, TaskRunState.RETRYING)
            .build());
    TaskRunCondition first = TaskRunCondition.builder().worker("worker-1").build();
    TaskRunCondition error = TaskRunCondition.builder().errorPrefix("disk").build();
    assertThat(total(first)).isEqualTo(1);
    assertThat(total(error)).isEqualTo(1);
    store.commit(
        changes().updateTaskRun(id, TaskRunState.RUNNING).recordAttempt(id, "worker-2").build());
    assertThat(total(first)).isZero();
    assertThat(total(error)).isZero();
    assertThat(total(TaskRunCondition.builder().worker("worker-2").build())).isEqualTo(1);
  }

  private void failed(ExecutionId execution, String task, String worker, String error) {
    TaskRunId id = ids.taskRunId();
    store.commit(
        changes()
            .createTaskRun(new NewTaskRun(id, execution, new TaskId(task)))
            .updateTaskRun(id, TaskRunState.RUNNING)
            .recordAttempt(id, worker)
            .updateAttempt(new AttemptId(id, 1), AttemptState.FAILED, error)
            .updateTaskRun(id, TaskRunState.FAILED)
            .build());
  }

  private long total(TaskRunCondition condition) {
    return store.executions(ExecutionQuery.builder().taskRun(condition).build()).total();
  }

  @Test
  @DisplayName("the bounds of the end are exact to the nanosecond")
  void ends() {
    executionIn(ExecutionState.RUNNING);
    ExecutionId id = executionIn(ExecutionState.FAILED);
    Instant end = exists(stored(id).endedAt());
    assertThat(ended(end, null)).containsExactly(id);
    assertThat(ended(end.plusNanos(1), null)).isEmpty();
    assertThat(ended(null, end)).isEmpty();
    assertThat(ended(null, end.plusNanos(1))).containsExactly(id);
    assertThat(ended(Instant.MIN, Instant.MAX)).containsExactly(id);
    assertThat(ended(end, end)).isEmpty();
  }

  private List<ExecutionId> ended(@Nullable Instant since, @Nullable Instant until) {
    ExecutionQuery query = ExecutionQuery.builder().endedSince(since).endedUntil(until).build();
    Page<Execution> page = store.executions(query);
    assertThat(page.total()).isEqualTo(page.items().size());
    return page.items().stream().map(Execution::id).toList();
  }

  @Test
  @DisplayName("conditions follow labels that change")
  void changedLabels() {
    ExecutionId id = execution();
    ExecutionQuery query =
        ExecutionQuery.builder().label(LabelCondition.startsWith("step", "two")).build();
    store.commit(changes().setLabels(id, Map.of("step", "two-a")).build());
    assertThat(store.executions(query).total()).isEqualTo(1);
    store.commit(changes().setLabels(id, Map.of("step", "three")).build());
    assertThat(store.executions(query).total()).isZero();
  }

  @Test
  @DisplayName("a text that is longer than any stored one is refused, with the limit")
  void limitOfTexts() {
    String label = "x".repeat(limits().maxLabelValueBytes() + 1);
    refusedText(query -> query.label(LabelCondition.startsWith("a", label)), "maxLabelValueBytes");
    refusedText(
        query -> query.label(LabelCondition.anyOf("a", Set.of(label))), "maxLabelValueBytes");
    TaskRunCondition.Builder worker =
        TaskRunCondition.builder().worker("x".repeat(limits().maxWorkerBytes() + 1));
    refusedText(query -> query.taskRun(worker.build()), "maxWorkerBytes");
    TaskRunCondition.Builder error =
        TaskRunCondition.builder().errorPrefix("x".repeat(limits().maxErrorBytes() + 1));
    refusedText(query -> query.taskRun(error.build()), "maxErrorBytes");
    String longest = "x".repeat(limits().maxErrorBytes());
    assertThat(total(TaskRunCondition.builder().errorPrefix(longest).build())).isZero();
  }

  private void refusedText(Consumer<ExecutionQuery.Builder> condition, String limit) {
    ExecutionQuery.Builder query = ExecutionQuery.builder();
    condition.accept(query);
    invalid(() -> store.executions(query.build()), limit, "shorten");
  }
}
