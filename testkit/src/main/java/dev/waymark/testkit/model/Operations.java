package dev.waymark.testkit.model;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Order;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.Limits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/**
 * Generates the operations of a run, with slightly more writes than reads. Also lists the
 * operations that together read everything.
 */
final class Operations {
  private static final int CLAIMS_PERCENT = 6;
  private static final int COMMITS_PERCENT = 48;
  private static final int PLANS_PERCENT = 4;

  private final World world;
  private final Dice dice;
  private final WorkChanges work;
  private final ChangeSets changeSets;
  private final Questions questions;
  private final PageRequest wholePage;
  private final Plans plans;
  private final Deque<Supplier<Operation>> planned = new ArrayDeque<>();

  Operations(World world, Dice dice, Clockwork clockwork, Limits limits) {
    this.world = world;
    this.dice = dice;
    Texts texts = new Texts(dice);
    this.work = new WorkChanges(world, dice, texts, limits);
    this.changeSets = new ChangeSets(world, dice, texts, limits, work);
    this.plans = new Plans(world, dice, changeSets);
    this.questions = new Questions(world, dice, texts, clockwork, limits);
    this.wholePage = PageRequest.first(limits.maxPageSize());
  }

  /** The next operation. */
  Operation next() {
    if (!planned.isEmpty()) {
      return planned.remove().get();
    }
    int kind = dice.below(100);
    if (kind >= 100 - PLANS_PERCENT) {
      planned.addAll(plans.next());
      return planned.remove().get();
    }
    if (kind < CLAIMS_PERCENT) {
      return claim();
    }
    return kind < CLAIMS_PERCENT + COMMITS_PERCENT ? changeSets.next() : questions.next();
  }

  private Operation claim() {
    try {
      return work.claim();
    } catch (InvalidInputException e) {
      return new Operation.Malformed(e);
    }
  }

  /** Reads of every execution with everything that belongs to it, and of every workflow. */
  List<Operation> everything() {
    List<Operation> reads = new ArrayList<>();
    reads.add(new Operation.Workflows(wholePage));
    World.WORKFLOWS.forEach(id -> reads.add(new Operation.WorkflowHistory(id, wholePage)));
    for (Order order : Order.values()) {
      reads.add(new Operation.WalkByCursor(query(order)));
    }
    world.executions().forEach(id -> reads.add(new Operation.Details(id)));
    world.executions().forEach(id -> reads.add(new Operation.Progress(id)));
    world.executions().forEach(id -> reads.add(new Operation.Payloads(id, Integer.MAX_VALUE)));
    world.executions().forEach(id -> reads.add(new Operation.Signals(id)));
    return reads;
  }

  /** Reads of everything, by every method. */
  List<Operation> everythingByEveryMethod() {
    List<Operation> reads = everything();
    for (Order order : Order.values()) {
      reads.add(new Operation.WalkByOffset(query(order)));
    }
    World.WORKFLOWS.forEach(id -> reads.add(new Operation.LatestWorkflow(id)));
    world.executions().forEach(id -> addExecution(reads, id));
    world.taskRuns().forEach(id -> addTaskRun(reads, id));
    for (RecordKind kind : RecordKind.values()) {
      reads.add(new Operation.IdsStartingWith(kind, "", wholePage.limit()));
    }
    return reads;
  }

  private ExecutionQuery query(Order order) {
    return ExecutionQuery.builder().order(order).limit(wholePage.limit()).build();
  }

  private void addExecution(List<Operation> reads, ExecutionId id) {
    reads.add(new Operation.FindExecution(id));
    reads.add(new Operation.TaskRuns(id));
    reads.add(new Operation.History(id, wholePage));
  }

  private void addTaskRun(List<Operation> reads, TaskRunId id) {
    reads.add(new Operation.FindTaskRun(id));
    reads.add(new Operation.Attempts(id));
    for (Attempt attempt : world.reference().attempts(id)) {
      reads.add(new Operation.FindAttempt(attempt.id()));
    }
  }
}
