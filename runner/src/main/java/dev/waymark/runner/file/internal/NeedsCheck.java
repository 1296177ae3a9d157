package dev.waymark.runner.file.internal;

import dev.waymark.core.internal.Text;
import dev.waymark.runner.definition.Stage;
import dev.waymark.runner.internal.base.Suggestions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks the needs of the tasks of a stage: each need exists and is named once, and no task depends
 * on itself directly or through others. The check is a depth-first search with an explicit stack,
 * because a chain of thousands of tasks is valid.
 */
final class NeedsCheck {
  /**
   * A file may have thousands of unknown names. Each search for the nearest name compares every
   * task.
   */
  private static final int MAX_SUGGESTIONS = 20;

  private static final String UNKNOWN = "is not a task of this file";
  private static final int MAX_TASKS_LISTED = 8;
  private static final int MAX_CYCLE_SHOWN = 10;

  private final Stage stage;
  private final YamlMap tasks;
  private final Map<String, Stage> stageOf;
  private final Problems problems;

  /**
   * For each task, its needs and the positions that name them, without the needs that were
   * rejected.
   */
  private final Map<String, Map<String, Position>> needs = new LinkedHashMap<>();

  private final Set<String> done = new HashSet<>();
  private final Set<String> inCycle = new HashSet<>();
  private int suggestions;

  NeedsCheck(Stage stage, YamlMap tasks, Map<String, Stage> stageOf, Problems problems) {
    this.stage = stage;
    this.tasks = tasks;
    this.stageOf = stageOf;
    this.problems = problems;
  }

  void run() {
    for (YamlMap.Entry task : tasks.entries().values()) {
      needs.put(task.key().text(), checked(task.key().text(), named(task)));
    }
    for (String task : needs.keySet()) {
      walk(task);
    }
  }

  /** The needs of a task that are text. */
  static List<YamlScalar> named(YamlMap.Entry task) {
    YamlNode found = task.value() instanceof YamlMap body ? body.get("needs") : null;
    if (found == null) {
      return List.of();
    }
    List<YamlNode> items = found instanceof YamlList list ? list.items() : List.of(found);
    return items.stream()
        .filter(item -> item instanceof YamlScalar scalar && scalar.isString())
        .map(YamlScalar.class::cast)
        .toList();
  }

  private Map<String, Position> checked(String task, List<YamlScalar> named) {
    Map<String, Position> checked = new LinkedHashMap<>();
    named.forEach(need -> check(task, need, checked));
    return checked;
  }

  private void check(String task, YamlScalar need, Map<String, Position> checked) {
    String name = need.text();
    String subject = "task " + Text.quote(task) + " needs ";
    if (name.equals(task)) {
      problems.add(need.position(), subject + "itself", "remove it from \"needs\"");
    } else if (!tasks.entries().containsKey(name)) {
      Stage other = stageOf.get(name);
      problems.add(
          need.position(),
          subject + Text.quote(name) + ", which " + (other == null ? UNKNOWN : under(other)),
          other == null ? suggestion(name) : advice(other));
    } else if (checked.putIfAbsent(name, need.position()) != null) {
      problems.add(
          need.position(), subject + Text.quote(name) + " more than once", "remove one of them");
    }
  }

  private String under(Stage other) {
    return "is under \"" + other.key() + "\" and not under \"" + stage.key() + "\"";
  }

  private String beside() {
    return stage == Stage.MAIN ? "" : "under \"" + stage.key() + "\" ";
  }

  /** Why a task does not have to wait, or cannot wait, for a task of another stage. */
  private String advice(Stage other) {
    boolean earlier = other.compareTo(stage) < 0;
    Stage first = earlier ? other : stage;
    Stage second = earlier ? stage : other;
    return "remove it, as \""
        + second.key()
        + "\" begins when all tasks under \""
        + first.key()
        + "\" have ended";
  }

  private String suggestion(String name) {
    String nearest =
        suggestions++ < MAX_SUGGESTIONS
            ? Suggestions.nearest(name, tasks.entries().keySet())
            : null;
    if (nearest != null) {
      return "did you mean " + Text.quote(nearest) + "?";
    }
    Set<String> names = tasks.entries().keySet();
    return names.size() > MAX_TASKS_LISTED
        ? "name one of its " + names.size() + " tasks"
        : "the tasks " + beside() + "are: " + String.join(", ", names);
  }

  /**
   * A task on the path from the start of a walk, with those of its needs that were not visited yet.
   */
  private record Step(String task, Iterator<Map.Entry<String, Position>> rest) {}

  private void walk(String start) {
    Deque<Step> way = new ArrayDeque<>();
    Set<String> onWay = new HashSet<>();
    enter(start, way, onWay);
    while (!way.isEmpty()) {
      Step step = way.element();
      if (!step.rest().hasNext()) {
        way.pop();
        onWay.remove(step.task());
        done.add(step.task());
        continue;
      }
      Map.Entry<String, Position> need = step.rest().next();
      if (onWay.contains(need.getKey())) {
        report(need.getKey(), need.getValue(), way);
      } else {
        enter(need.getKey(), way, onWay);
      }
    }
  }

  private void enter(String task, Deque<Step> way, Set<String> onWay) {
    if (!done.contains(task)) {
      onWay.add(task);
      way.push(new Step(task, needs.getOrDefault(task, Map.of()).entrySet().iterator()));
    }
  }

  /**
   * Reports the cycle that ends here, unless it shares a task with one that was reported: the fix
   * of that one may also fix this one.
   */
  private void report(String first, Position at, Deque<Step> way) {
    List<String> cycle = new ArrayList<>();
    Iterator<Step> back = way.iterator();
    String task;
    do {
      task = back.next().task();
      cycle.add(0, task);
    } while (!task.equals(first));
    boolean known = cycle.stream().anyMatch(inCycle::contains);
    inCycle.addAll(cycle);
    if (!known) {
      problems.add(at, "circular needs: " + shown(cycle), "remove one of them");
    }
  }

  private static String shown(List<String> cycle) {
    String first = cycle.get(0);
    if (cycle.size() <= MAX_CYCLE_SHOWN) {
      return String.join(" -> ", cycle) + " -> " + first;
    }
    int left = cycle.size() - MAX_CYCLE_SHOWN;
    return String.join(" -> ", cycle.subList(0, MAX_CYCLE_SHOWN))
        + " -> ("
        + left
        + " more) -> "
        + first;
  }
}
