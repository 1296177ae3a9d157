package dev.waymark.testkit.contract.base;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Order;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A few hundred executions of several workflows in all states. They have labels, random ids, and
 * many of them are created at the same instant. The class also computes the expected results of
 * queries over them itself.
 *
 * @since 0.1.0
 */
public final class Population {
  public static final List<WorkflowId> WORKFLOWS =
      List.of(new WorkflowId("alpha"), new WorkflowId("beta"), new WorkflowId("gamma"));
  private static final List<String> TEAMS = List.of("data", "infra", "it's \"quoted\" 100%_");
  private static final int COMMITS = 60;

  private final StateStore store;
  private final Ids ids;
  private final Random random;
  private final List<ExecutionId> all = new ArrayList<>();

  private Population(StateStore store, ManualClock clock, long seed) {
    this.store = store;
    this.random = new Random(seed);
    this.ids = new Ids(clock, random);
  }

  /** Fills an empty store. The same seed gives the same executions. */
  public static Population of(StateStore store, ManualClock clock, long seed) {
    Population population = new Population(store, clock, seed);
    WORKFLOWS.forEach(id -> store.saveWorkflow(new NewWorkflow(id, "tasks: {}")));
    for (int i = 0; i < COMMITS; i++) {
      population.add(1 + population.random.nextInt(8));
      clock.advance(Duration.ofNanos(1_000L * population.random.nextInt(3)));
    }
    return population;
  }

  /** Fills an empty store with up to four executions at each of these times, in random order. */
  public static Population at(StateStore store, ManualClock clock, long seed, List<Instant> times) {
    Population population = new Population(store, clock, seed);
    WORKFLOWS.forEach(id -> store.saveWorkflow(new NewWorkflow(id, "tasks: {}")));
    List<Instant> shuffled = new ArrayList<>(times);
    Collections.shuffle(shuffled, population.random);
    for (Instant time : shuffled) {
      clock.set(time);
      population.add(1 + population.random.nextInt(4));
    }
    return population;
  }

  /** Adds executions that are created at this instant. */
  public List<ExecutionId> add(int count) {
    ChangeSet.Builder changes = ChangeSet.builder(ids.commitId());
    List<ExecutionId> added = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ExecutionId id = new ExecutionId(new UUID(random.nextLong(), random.nextLong()));
      changes.createExecution(new NewExecution(id, pick(WORKFLOWS), null, labels(), Map.of()));
      ContractTest.wayTo(pick(List.of(ExecutionState.values())))
          .forEach(to -> changes.updateExecution(id, to));
      added.add(id);
    }
    store.commit(changes.build());
    all.addAll(added);
    return added;
  }

  private Map<String, String> labels() {
    Map<String, String> labels = new TreeMap<>();
    if (random.nextInt(4) > 0) {
      labels.put("team", pick(TEAMS));
    }
    if (random.nextBoolean()) {
      labels.put("tier", String.valueOf(random.nextInt(2)));
    }
    return labels;
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** The values of the label {@code team}. */
  public static List<String> teams() {
    return TEAMS;
  }

  /** Every execution, as the store returns it by id, the oldest first. */
  public List<Execution> inOrder() {
    List<Execution> executions = new ArrayList<>();
    for (ExecutionId id : all) {
      executions.add(Objects.requireNonNull(store.execution(id)));
    }
    executions.sort(
        (a, b) -> {
          int byTime = a.createdAt().compareTo(b.createdAt());
          return byTime != 0 ? byTime : a.id().toString().compareTo(b.id().toString());
        });
    return executions;
  }

  /**
   * The executions that match a query, in the order of the query, before any paging. The given
   * executions must be in order, the oldest first.
   */
  public static List<Execution> matching(List<Execution> inOrder, ExecutionQuery query) {
    List<Execution> matching = new ArrayList<>();
    for (Execution execution : inOrder) {
      if (asksFor(query, execution)) {
        matching.add(execution);
      }
    }
    if (query.order() == Order.NEWEST) {
      Collections.reverse(matching);
    }
    return matching;
  }

  private static boolean asksFor(ExecutionQuery query, Execution execution) {
    boolean asked = query.states().isEmpty() || query.states().contains(execution.state());
    WorkflowId workflow = query.workflowId();
    asked &= workflow == null || workflow.equals(execution.workflowId());
    for (Map.Entry<String, String> label : query.labels().entrySet()) {
      asked &= label.getValue().equals(execution.labels().get(label.getKey()));
    }
    Instant since = query.since();
    Instant until = query.until();
    asked &= since == null || execution.createdAt().compareTo(since) >= 0;
    asked &= until == null || execution.createdAt().compareTo(until) < 0;
    return asked;
  }

  /** The cursor after an execution, converted to text and back. */
  public static Cursor cursorAfter(Execution execution, Order order) {
    return Cursor.parse(Cursor.after(execution, order).toString());
  }
}
