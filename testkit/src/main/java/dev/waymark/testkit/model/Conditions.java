package dev.waymark.testkit.model;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.LabelCondition;
import dev.waymark.core.query.TaskRunCondition;
import dev.waymark.core.store.StateStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Generates conditions on labels, task runs, ends and parents that some execution fulfils, and
 * rarely one that none may fulfil.
 */
final class Conditions {
  private final World world;
  private final Dice dice;
  private final Texts texts;
  private final Clockwork clockwork;

  Conditions(World world, Dice dice, Texts texts, Clockwork clockwork) {
    this.world = world;
    this.dice = dice;
    this.texts = texts;
    this.clockwork = clockwork;
  }

  /** Adds one condition, sometimes two. */
  void addTo(ExecutionQuery.Builder query) {
    for (int i = dice.oneIn(4) ? 2 : 1; i > 0; i--) {
      switch (dice.below(10)) {
        case 0 -> query.parent(parent());
        case 1, 2, 3 -> query.label(label());
        case 4, 5, 6 -> query.taskRun(taskRun());
        default -> addEnd(query);
      }
    }
  }

  // ---- labels

  private LabelCondition label() {
    Map<String, String> labels = labels();
    String name = labels.isEmpty() ? texts.labelName() : dice.pick(List.copyOf(labels.keySet()));
    String value = labels.getOrDefault(name, "");
    return switch (dice.below(3)) {
      case 0 -> LabelCondition.exists(dice.oneIn(10) ? texts.anyText() : name);
      case 1 -> LabelCondition.anyOf(name, Set.copyOf(List.of(value, texts.nearly(value))));
      default -> LabelCondition.startsWith(name, beginning(value));
    };
  }

  /** The labels of an execution that has some, if there is one. */
  private Map<String, String> labels() {
    List<Map<String, String>> some = new ArrayList<>();
    for (ExecutionId id : world.executions()) {
      Execution execution = world.reference().execution(id);
      if (execution != null && !execution.labels().isEmpty()) {
        some.add(execution.labels());
      }
    }
    return some.isEmpty() ? Map.of() : dice.pick(some);
  }

  /** A beginning of the text, or one that is easily confused with it. */
  private String beginning(String text) {
    if (dice.oneIn(5)) {
      return dice.oneIn(5) ? texts.anyText() : texts.nearly(text);
    }
    int points = text.codePointCount(0, text.length());
    String beginning = text.substring(0, text.offsetByCodePoints(0, dice.below(points + 1)));
    return dice.oneIn(8) ? beginning + dice.pickOf("%", "_", "*", "?", "\\") : beginning;
  }

  // ---- task runs

  private TaskRunCondition taskRun() {
    StateStore reference = world.reference();
    @Nullable TaskRun run = reference.taskRun(world.taskRun());
    List<Attempt> attempts = run == null ? List.of() : reference.attempts(run.id());
    @Nullable Attempt attempt =
        attempts.isEmpty()
            ? null
            : dice.oneIn(5) ? dice.pick(attempts) : attempts.get(attempts.size() - 1);
    TaskRunCondition.Builder condition = TaskRunCondition.builder();
    if (dice.oneIn(2)) {
      TaskRunState state = run == null ? TaskRunState.FAILED : run.state();
      condition.states(
          dice.oneIn(3) ? Set.of(state) : EnumSet.of(state, dice.pickOf(TaskRunState.values())));
    }
    if (dice.oneIn(3) && run != null) {
      condition.task(dice.oneIn(10) ? new TaskId("no-such-task") : run.taskId());
    }
    if (dice.oneIn(3)) {
      condition.worker(attempt == null ? "worker-" + dice.below(3) : attempt.worker());
    }
    if (dice.oneIn(3)) {
      String error = attempt == null ? null : attempt.error();
      condition.errorPrefix(error == null ? dice.pickOf("", "a", "x") : beginning(error));
    }
    return condition.build();
  }

  // ---- parents

  private ExecutionId parent() {
    List<ExecutionId> parents = world.parents();
    return parents.isEmpty() || dice.oneIn(10) ? world.execution() : dice.pick(parents);
  }

  // ---- ends

  private void addEnd(ExecutionQuery.Builder query) {
    Execution model = world.reference().execution(world.execution());
    Instant end = model == null ? null : model.endedAt();
    Instant bound = end == null ? clockwork.bound() : end;
    switch (dice.below(4)) {
      case 0 -> query.endedSince(bound);
      case 1 -> query.endedUntil(end == null ? bound : end.plusNanos(dice.pickOf(0, 1, 1_000)));
      case 2 -> query.endedSince(clockwork.bound()).endedUntil(bound);
      default -> query.endedSince(bound).endedUntil(clockwork.bound());
    }
  }
}
