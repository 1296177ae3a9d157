package dev.waymark.testkit.model;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Generates change sets. Most of them are valid, because they are based on the content of the
 * reference store. Some contain a record that does not exist, a move that is not allowed, a stale
 * version or fence, too much text or too many changes. Some repeat a commit id.
 */
final class ChangeSets {
  private final World world;
  private final Dice dice;
  private final Texts texts;
  private final Limits limits;
  private final WorkChanges work;

  ChangeSets(World world, Dice dice, Texts texts, Limits limits, WorkChanges work) {
    this.world = world;
    this.dice = dice;
    this.texts = texts;
    this.limits = limits;
    this.work = work;
  }

  /** The next change set. */
  Operation next() {
    try {
      return new Operation.Commit(draw(), dice.oneIn(4));
    } catch (InvalidInputException e) {
      return new Operation.Malformed(e);
    }
  }

  private ChangeSet draw() {
    List<ChangeSet> past = world.past();
    if (!past.isEmpty() && dice.oneIn(16)) {
      return dice.pick(past);
    }
    if (!past.isEmpty() && dice.oneIn(24)) {
      return altered(dice.pick(past));
    }
    ChangeSet.Builder changes = ChangeSet.builder(world.newCommit());
    int kind = dice.below(100);
    if (kind < 2) {
      fill(changes, limits.maxChanges() + kind);
    } else if (kind < 22) {
      counts(changes);
    } else if (kind > 22) { // 22: an empty change set
      int count = kind < 80 ? 1 : 2 + dice.below(4);
      for (int i = 0; i < count; i++) {
        add(changes);
      }
    }
    return changes.build();
  }

  private void add(ChangeSet.Builder changes) {
    int kind = dice.below(34);
    if (kind < 2 || world.reference().workflow(world.workflow()) == null) {
      saveWorkflow(changes);
    } else if (kind < 6 && (kind == 2 || world.wantsExecution())) {
      createExecution(changes);
    } else if (kind < 9) {
      updateExecution(changes);
    } else if (kind < 12 || world.taskRuns().isEmpty()) {
      changes.createTaskRun(newTaskRun(newOrKnownTaskRun(), world.execution()));
    } else if (kind < 17) {
      updateTaskRun(changes);
    } else if (kind < 20) {
      work.recordAttempt(changes);
    } else if (kind < 24) {
      updateAttempt(changes);
    } else {
      work.add(changes);
    }
  }

  // ---- workflows and executions

  private void saveWorkflow(ChangeSet.Builder changes) {
    boolean isSmall = dice.oneIn(2);
    changes.saveWorkflow(
        new NewWorkflow(
            dice.pick(World.SAVED_WORKFLOWS),
            isSmall ? dice.pickOf("x", "X", "x ") : texts.text(limits.maxDefinitionBytes()),
            dice.oneIn(2) ? null : texts.text(limits.maxDescriptionBytes()),
            isSmall ? Map.of() : labels()));
  }

  private void createExecution(ChangeSet.Builder changes) {
    boolean isKnown = dice.oneIn(10);
    changes.createExecution(newExecution(isKnown ? world.execution() : world.newExecution()));
  }

  /** Sometimes a child of a task run. */
  private NewExecution newExecution(ExecutionId id) {
    NewExecution execution = withoutParent(id);
    return world.taskRuns().isEmpty() || !dice.oneIn(4)
        ? execution
        : execution.childOf(world.taskRun(), dice.pickOf(ChildPolicy.values()));
  }

  private NewExecution withoutParent(ExecutionId id) {
    Integer revision = dice.oneIn(4) ? dice.pickOf(1, 1, 1, 2, 2, 3, 0, Integer.MAX_VALUE) : null;
    return dice.oneIn(3)
        ? new NewExecution(
            id, world.workflow(), revision, labels(), texts.payload(limits.maxInputBytes()))
        : new NewExecution(id, world.workflow(), revision, labels(), inputs());
  }

  private Map<String, String> labels() {
    Map<String, String> labels = map(texts::labelName, limits.maxLabelValueBytes());
    for (int i = dice.oneIn(40) ? limits.maxLabels() : 0; i > 0; i--) {
      labels.put("more-" + i, "x");
    }
    return labels;
  }

  private Map<String, String> inputs() {
    return map(texts::inputName, limits.maxInputBytes() / 2);
  }

  private Map<String, String> map(Supplier<String> names, int maxBytes) {
    Map<String, String> map = new TreeMap<>();
    for (int i = dice.below(4); i > 0; i--) {
      map.put(names.get(), texts.text(maxBytes));
    }
    return map;
  }

  /** In most cases of an execution that has ended. */
  private void delete(ChangeSet.Builder changes) {
    if (dice.oneIn(5)) {
      changes.deleteWorkflow(dice.pick(World.WORKFLOWS));
    } else {
      changes.deleteExecution(dice.oneIn(4) ? world.execution() : world.endedExecution());
    }
  }

  private void updateExecution(ChangeSet.Builder changes) {
    if (dice.oneIn(8)) {
      delete(changes);
      return;
    }
    ExecutionId id = world.execution();
    if (dice.oneIn(12)) {
      ExecutionId next = dice.oneIn(6) ? world.execution() : world.newExecution();
      changes.continueExecution(id, withoutParent(next));
      return;
    }
    Execution now = world.reference().execution(id);
    Collection<ExecutionState> sensible = now == null ? List.of() : now.state().moves();
    changes.add(
        new Change.UpdateExecution(
            id,
            move(sensible, ExecutionState.values()),
            version(now == null ? 1 : now.version()),
            error()));
  }

  // ---- task runs and attempts

  private TaskRunId newOrKnownTaskRun() {
    return dice.oneIn(10) ? world.taskRun() : world.newTaskRun();
  }

  private TaskId taskId() {
    return new TaskId(dice.pickOf("a", "A", "a-1", "a_1", "a.1", "b", "a#2", "a#10"));
  }

  private NewTaskRun newTaskRun(TaskRunId id, ExecutionId execution) {
    Payload input = dice.oneIn(3) ? texts.payload(limits.maxInputBytes()) : null;
    return new NewTaskRun(id, execution, taskId(), input);
  }

  private void updateTaskRun(ChangeSet.Builder changes) {
    TaskRunId id = world.taskRun();
    TaskRun now = world.reference().taskRun(id);
    Collection<TaskRunState> sensible = now == null ? List.of() : now.state().moves();
    changes.add(
        new Change.UpdateTaskRun(
            id,
            move(sensible, TaskRunState.values()),
            version(now == null ? 1 : now.version()),
            fence(now == null ? 0 : now.lastAttempt())));
  }

  private @Nullable Integer fence(int newest) {
    if (!dice.oneIn(3)) {
      return null;
    }
    int[] off = {newest - 1, newest + 1, 0, -1, Integer.MAX_VALUE};
    return dice.oneIn(5) ? off[dice.below(off.length)] : newest;
  }

  private void updateAttempt(ChangeSet.Builder changes) {
    TaskRunId id = world.taskRun();
    TaskRun now = world.reference().taskRun(id);
    int newest = Math.max(1, now == null ? 1 : now.lastAttempt());
    int[] off = {newest - 1, newest + 1, 1, Integer.MAX_VALUE};
    changes.add(
        new Change.UpdateAttempt(
            new AttemptId(id, dice.oneIn(8) ? off[dice.below(off.length)] : newest),
            move(AttemptState.RUNNING.moves(), AttemptState.values()),
            exitCode(),
            error()));
  }

  private @Nullable Integer exitCode() {
    return dice.oneIn(2) ? null : dice.pickOf(0, 1, 255, -1, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private @Nullable String error() {
    return dice.oneIn(2) ? null : texts.text(limits.maxErrorBytes());
  }

  /** In most cases a move that makes sense. The order does not depend on the machine. */
  private <S extends Enum<S>> S move(Collection<S> sensible, S[] all) {
    boolean any = sensible.isEmpty() || dice.oneIn(12);
    return dice.pick(any ? List.of(all) : List.copyOf(new TreeSet<>(sensible)));
  }

  private @Nullable Long version(long now) {
    if (dice.oneIn(2)) {
      return null;
    }
    return dice.oneIn(8) ? dice.pickOf(now - 1, now + 1, 0L, -1L, Long.MAX_VALUE) : (Long) now;
  }

  // ---- change sets with a purpose

  /** An execution with some task runs, each at a different stage, all at one instant. */
  private void counts(ChangeSet.Builder changes) {
    ExecutionId id = world.newExecution();
    changes.createExecution(newExecution(id));
    if (!dice.oneIn(3)) {
      changes.updateExecution(id, ExecutionState.RUNNING);
    }
    for (int i = dice.below(4); i > 0; i--) {
      addTask(changes, id);
    }
    if (dice.oneIn(4)) {
      changes.add(new Change.UpdateExecution(id, ExecutionState.SUCCEEDED, null, error()));
    }
  }

  private void addTask(ChangeSet.Builder changes, ExecutionId execution) {
    TaskRunId id = world.newTaskRun();
    changes.createTaskRun(newTaskRun(id, execution));
    if (dice.oneIn(3)) {
      work.ready(changes, id, null);
      return;
    }
    changes.updateTaskRun(id, TaskRunState.RUNNING);
    changes.recordAttempt(id, work.worker());
    if (dice.oneIn(2)) {
      return;
    }
    changes.updateAttempt(
        new AttemptId(id, 1), move(AttemptState.RUNNING.moves(), AttemptState.values()), 1);
    changes.add(
        new Change.UpdateTaskRun(
            id, move(TaskRunState.RUNNING.moves(), TaskRunState.values()), null, fence(1)));
  }

  /** As many changes as the limit allows, or one more. */
  private void fill(ChangeSet.Builder changes, int count) {
    for (int i = 0; i < count; i++) {
      changes.saveWorkflow(
          new NewWorkflow(dice.pick(World.SAVED_WORKFLOWS), dice.pickOf("x", "X")));
    }
  }

  /**
   * The same commit id with different content. The difference is either large, or only null instead
   * of the text {@code null} or the reverse.
   */
  private ChangeSet altered(ChangeSet before) {
    List<Change> changes = new ArrayList<>(before.changes());
    int last = changes.size() - 1;
    if (changes.get(last) instanceof Change.UpdateExecution update) {
      String error = update.error() == null ? "null" : null;
      changes.set(
          last,
          new Change.UpdateExecution(update.id(), update.to(), update.expectedVersion(), error));
    } else if (changes.get(last) instanceof Change.UpdateAttempt update) {
      String error = update.error() == null ? "null" : null;
      changes.set(
          last, new Change.UpdateAttempt(update.id(), update.to(), update.exitCode(), error));
    } else if (last > 0) {
      changes.remove(last);
    } else {
      changes.add(changes.get(0));
    }
    return new ChangeSet(before.id(), changes);
  }
}
