package dev.waymark.testkit.model;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.PayloadPreview;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Order;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.Limits;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Generates reads of every kind: of records that exist and that do not, within, at and past every
 * end.
 */
final class Questions {
  private final World world;
  private final Dice dice;
  private final Texts texts;
  private final Clockwork clockwork;
  private final Limits limits;
  private final Conditions conditions;
  private final List<Supplier<Operation>> kinds =
      List.of(
          this::executions,
          this::executions,
          this::executions,
          this::executions,
          this::conditioned,
          this::conditioned,
          this::walk,
          this::idsStartingWith,
          this::idsStartingWith,
          this::history,
          this::history,
          this::details,
          this::progress,
          this::progress,
          this::payload,
          this::payloads,
          this::signals,
          this::waits,
          this::waits,
          this::poolUses,
          this::workflow,
          this::workflow,
          this::workflows,
          this::workflowHistory,
          this::findExecution,
          this::findTaskRun,
          this::taskRuns,
          this::attempt,
          this::attempts);

  Questions(World world, Dice dice, Texts texts, Clockwork clockwork, Limits limits) {
    this.world = world;
    this.dice = dice;
    this.texts = texts;
    this.clockwork = clockwork;
    this.limits = limits;
    this.conditions = new Conditions(world, dice, texts, clockwork);
  }

  /** The next read. */
  Operation next() {
    try {
      return dice.pick(kinds).get();
    } catch (InvalidInputException e) {
      return new Operation.Malformed(e);
    }
  }

  // ---- one record and what belongs to it

  private Operation workflow() {
    return dice.oneIn(3)
        ? new Operation.LatestWorkflow(world.workflow())
        : new Operation.WorkflowRevision(
            world.workflow(), dice.pickOf(1, 1, 1, 2, 2, 3, 0, -1, Integer.MAX_VALUE));
  }

  private Operation workflows() {
    return new Operation.Workflows(page());
  }

  private Operation workflowHistory() {
    return new Operation.WorkflowHistory(world.workflow(), page());
  }

  private Operation findExecution() {
    return new Operation.FindExecution(world.execution());
  }

  private Operation details() {
    return new Operation.Details(world.execution());
  }

  private Operation progress() {
    return new Operation.Progress(world.execution());
  }

  private Operation payload() {
    List<PayloadPreview> stored = world.reference().payloads(world.execution(), 0);
    if (!stored.isEmpty() && dice.oneIn(2)) {
      return new Operation.FindPayload(dice.pick(stored).ref());
    }
    PayloadRef.Part part = dice.pickOf(PayloadRef.Part.values());
    if (part == PayloadRef.Part.DETAILS) {
      return new Operation.FindPayload(
          PayloadRef.detailsOf(new AttemptId(world.taskRun(), dice.pickOf(1, 1, 2, 0))));
    }
    if (part == PayloadRef.Part.SIGNAL) {
      return new Operation.FindPayload(
          PayloadRef.ofSignal(signalled(), dice.pickOf(1, 1, 2, 3, 0)));
    }
    return new Operation.FindPayload(
        dice.oneIn(2)
            ? new PayloadRef.OfExecution(world.execution(), part)
            : new PayloadRef.OfTaskRun(world.taskRun(), part));
  }

  private Operation payloads() {
    int bytes = dice.oneIn(20) ? -1 : dice.pickOf(0, 1, 2, 3, 5, 8, 100, Integer.MAX_VALUE);
    return new Operation.Payloads(world.execution(), bytes);
  }

  private Operation signals() {
    return new Operation.Signals(dice.oneIn(3) ? world.execution() : signalled());
  }

  /** An execution with signals, if there is one. */
  private ExecutionId signalled() {
    List<ExecutionId> some =
        world.executions().stream().filter(id -> !world.reference().signals(id).isEmpty()).toList();
    return some.isEmpty() ? world.execution() : dice.pick(some);
  }

  private Operation waits() {
    ExecutionId id = world.execution();
    return new Operation.Waits(id, world.waiting().dueSoon().contains(id));
  }

  private Operation poolUses() {
    return new Operation.PoolUses();
  }

  private Operation taskRuns() {
    return new Operation.TaskRuns(world.execution());
  }

  private Operation history() {
    return new Operation.History(world.execution(), page());
  }

  private Operation findTaskRun() {
    return new Operation.FindTaskRun(world.taskRun());
  }

  private Operation attempt() {
    int number = dice.pickOf(1, 1, 1, 1, 2, 2, 3, 0, Integer.MAX_VALUE);
    return new Operation.FindAttempt(new AttemptId(world.taskRun(), number));
  }

  private Operation attempts() {
    return new Operation.Attempts(world.taskRun());
  }

  // ---- lists

  private PageRequest page() {
    return new PageRequest(dice.oneIn(2) ? 0 : offset(), limit());
  }

  private long offset() {
    long[] far = {-1, 1_000, Integer.MAX_VALUE, 1L + Integer.MAX_VALUE, Long.MAX_VALUE};
    return dice.oneIn(4) ? far[dice.below(far.length)] : dice.below(20);
  }

  private int limit() {
    int max = limits.maxPageSize();
    return dice.oneIn(12)
        ? dice.pickOf(max + 1, 0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE)
        : dice.pickOf(1, 2, 3, 7, max - 1, max);
  }

  private Operation executions() {
    ExecutionQuery.Builder query = filtered();
    if (dice.oneIn(3)) {
      startAtCursor(query);
    } else {
      query.order(dice.pickOf(Order.values())).offset(dice.oneIn(2) ? 0 : offset());
    }
    return new Operation.Executions(dice.oneIn(4) ? query.build() : query.limit(limit()).build());
  }

  /** A list by what only some executions have, which no other filter narrows. */
  private Operation conditioned() {
    ExecutionQuery.Builder query = ExecutionQuery.builder().order(dice.pickOf(Order.values()));
    conditions.addTo(query);
    return new Operation.Executions(query.limit(limit()).build());
  }

  private Operation walk() {
    ExecutionQuery.Builder query = dice.oneIn(2) ? filtered() : ExecutionQuery.builder();
    query.order(dice.pickOf(Order.values())).limit(dice.pickOf(1, 2, 3, 7, limits.maxPageSize()));
    return dice.oneIn(2)
        ? new Operation.WalkByCursor(query.build())
        : new Operation.WalkByOffset(query.build());
  }

  private ExecutionQuery.Builder filtered() {
    ExecutionQuery.Builder query = ExecutionQuery.builder();
    if (dice.oneIn(4)) {
      conditions.addTo(query);
    }
    if (dice.oneIn(3)) {
      query.states(states());
    }
    if (dice.oneIn(5)) {
      query.workflow(world.workflow());
    }
    if (dice.oneIn(4)) {
      addLabels(query);
    }
    return query
        .since(dice.oneIn(5) ? clockwork.bound() : null)
        .until(dice.oneIn(5) ? clockwork.bound() : null);
  }

  private Set<ExecutionState> states() {
    Set<ExecutionState> states = EnumSet.noneOf(ExecutionState.class);
    for (ExecutionState state : ExecutionState.values()) {
      if (dice.oneIn(2)) {
        states.add(state);
      }
    }
    return states;
  }

  /** Adds labels that an execution has, and rarely one that is almost equal to a label of it. */
  private void addLabels(ExecutionQuery.Builder query) {
    Execution model = world.reference().execution(world.execution());
    Map<String, String> labels = model == null ? Map.of() : model.labels();
    labels.forEach(
        (name, value) -> {
          if (!dice.oneIn(4)) {
            query.label(name, dice.oneIn(8) ? texts.nearly(value) : value);
          }
        });
    if (labels.isEmpty() || dice.oneIn(8)) {
      query.label(texts.labelName(), texts.anyText());
    }
  }

  private void startAtCursor(ExecutionQuery.Builder query) {
    Cursor cursor = cursor();
    Order other = cursor.order() == Order.OLDEST ? Order.NEWEST : Order.OLDEST;
    query.after(cursor).order(dice.oneIn(20) ? other : cursor.order());
    if (dice.oneIn(20)) {
      query.offset(offset());
    }
  }

  /** The end of an earlier page, any execution, any position, or a damaged text. */
  private Cursor cursor() {
    if (!world.cursors().isEmpty() && dice.oneIn(2)) {
      Cursor earlier = dice.pick(world.cursors());
      return dice.oneIn(10) ? Cursor.parse(spoilt(earlier.toString())) : earlier;
    }
    Order order = dice.pickOf(Order.values());
    @Nullable Execution execution = world.reference().execution(world.execution());
    return execution == null
        ? new Cursor(order, clockwork.bound(), world.execution())
        : Cursor.after(execution, order);
  }

  private String spoilt(String text) {
    int at = dice.below(text.length());
    String insert = dice.pickOf("", "A", "_", "=", " ", "\u00E4");
    return text.substring(0, at) + insert + text.substring(at + 1);
  }

  // ---- ids by prefix

  private Operation idsStartingWith() {
    RecordKind kind =
        dice.oneIn(30)
            ? RecordKind.ATTEMPT
            : dice.pickOf(RecordKind.WORKFLOW, RecordKind.EXECUTION, RecordKind.TASK_RUN);
    return new Operation.IdsStartingWith(kind, prefix(kind), limit());
  }

  private String prefix(RecordKind kind) {
    String id = kind == RecordKind.WORKFLOW ? world.workflow().value() : uuid(kind);
    String prefix = id.substring(0, dice.below(id.length() + 1));
    return switch (dice.below(12)) {
      case 0 -> prefix.toUpperCase(Locale.ROOT);
      case 1 -> prefix.replace("-", "");
      case 2 -> prefix + dice.pickOf("%", "_", "-", "0", "g", "\uFFFF");
      case 3 -> texts.anyText();
      case 4 -> id.substring(0, 1);
      case 5 -> "";
      default -> prefix;
    };
  }

  private String uuid(RecordKind kind) {
    return kind == RecordKind.EXECUTION ? world.execution().toString() : world.taskRun().toString();
  }
}
