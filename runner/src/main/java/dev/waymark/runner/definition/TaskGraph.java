package dev.waymark.runner.definition;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.TaskId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which task of a workflow waits for which, by {@code needs}: tasks of all stages are in it, but
 * that one stage waits for another is not. Building it takes time and space in proportion to the
 * number of tasks and needs, and so does no look-up.
 *
 * <p>Immutable and thread-safe.
 */
public final class TaskGraph {
  private final Map<TaskId, Node> nodes;
  private final List<TaskId> order;

  private static final class Node {
    final TaskDefinition task;
    final List<TaskId> dependants = new ArrayList<>();

    /**
     * In the order of the file, unlike those of the task, which are in the order in which the task
     * names them.
     */
    final List<TaskId> needs = new ArrayList<>();

    boolean entered;
    boolean placed;

    Node(TaskDefinition task) {
      this.task = task;
    }
  }

  private TaskGraph(Map<TaskId, Node> nodes) {
    this.nodes = nodes;
    this.order = Collections.unmodifiableList(sorted());
  }

  /**
   * The graph of a workflow.
   *
   * @throws InvalidInputException when a task appears twice, needs one that does not exist or is of
   *     another stage, or needs itself by any way round; never for a workflow that {@code
   *     DefinitionReader} read
   */
  public static TaskGraph of(WorkflowDefinition workflow) {
    Map<TaskId, Node> nodes = new LinkedHashMap<>();
    for (TaskDefinition task : workflow.tasks()) {
      if (nodes.putIfAbsent(task.id(), new Node(task)) != null) {
        throw new InvalidInputException(
            "workflow " + workflow.id() + " has task " + task.id() + " twice; rename one of them");
      }
    }
    for (TaskDefinition task : workflow.tasks()) {
      for (TaskId need : new LinkedHashSet<>(task.needs())) {
        needed(nodes, task, need, workflow).dependants.add(task.id());
      }
    }
    // Handing the needs out from the needed ones, which stand in the order of the file, sorts them
    // without comparing.
    nodes.forEach(
        (id, node) -> node.dependants.forEach(dependant -> node(nodes, dependant).needs.add(id)));
    return new TaskGraph(nodes);
  }

  private static Node needed(
      Map<TaskId, Node> nodes, TaskDefinition task, TaskId need, WorkflowDefinition workflow) {
    Node needed = nodes.get(need);
    if (needed == null || needed.task.stage() != task.stage()) {
      throw new InvalidInputException(
          "task "
              + task.id()
              + " needs "
              + need
              + ", which is not a task "
              + (needed == null ? "" : "under \"" + task.stage().key() + "\" ")
              + "of workflow "
              + workflow.id());
    }
    return needed;
  }

  /** How many tasks there are. */
  public int size() {
    return nodes.size();
  }

  /** The task of this id, or null when there is none. */
  public @Nullable TaskDefinition task(TaskId id) {
    Node node = nodes.get(id);
    return node == null ? null : node.task;
  }

  /**
   * All tasks by their stages, each after those that it needs. Where the file has them in such an
   * order, it is that of the file; otherwise a task moves as little forward as its dependants
   * demand. The same file always has the same order.
   */
  public List<TaskId> order() {
    return order;
  }

  /** The tasks of all stages that need nothing, in the order of the file. */
  public List<TaskId> roots() {
    List<TaskId> roots = new ArrayList<>();
    nodes.forEach(
        (id, node) -> {
          if (node.needs.isEmpty()) {
            roots.add(id);
          }
        });
    return roots;
  }

  /**
   * The tasks that a task itself names in {@code needs}, in the order of the file.
   *
   * @throws InvalidInputException when there is no such task
   */
  public List<TaskId> needs(TaskId id) {
    return Collections.unmodifiableList(node(nodes, id).needs);
  }

  /**
   * The tasks that name a task in their {@code needs}, in the order of the file.
   *
   * @throws InvalidInputException when there is no such task
   */
  public List<TaskId> dependants(TaskId id) {
    return Collections.unmodifiableList(node(nodes, id).dependants);
  }

  /**
   * The tasks that wait for a task, directly or by way of others: what is skipped when it fails,
   * unless a condition says otherwise. The nearest come first.
   *
   * @throws InvalidInputException when there is no such task
   */
  public Set<TaskId> allDependants(TaskId id) {
    Set<TaskId> found = new LinkedHashSet<>();
    Deque<TaskId> open = new ArrayDeque<>(dependants(id));
    while (!open.isEmpty()) {
      TaskId next = open.remove();
      if (found.add(next)) {
        open.addAll(dependants(next));
      }
    }
    return Collections.unmodifiableSet(found);
  }

  private static Node node(Map<TaskId, Node> nodes, TaskId id) {
    Node node = nodes.get(id);
    if (node == null) {
      throw new InvalidInputException(
          "there is no task " + id + " in this workflow; it has " + nodes.size() + " others");
    }
    return node;
  }

  /** A task whose needs are being placed before it. */
  private record Step(Node node, Iterator<TaskId> rest) {}

  /**
   * Depth first, in the order of the file; with a stack of its own, as a chain may have thousands
   * of tasks.
   */
  private List<TaskId> sorted() {
    List<TaskId> sorted = new ArrayList<>(nodes.size());
    Deque<Step> way = new ArrayDeque<>();
    for (Node start : nodes.values()) {
      enter(start, way);
      while (!way.isEmpty()) {
        Step step = way.element();
        if (step.rest().hasNext()) {
          enter(node(nodes, step.rest().next()), way);
        } else {
          way.pop();
          step.node().placed = true;
          sorted.add(step.node().task.id());
        }
      }
    }
    return sorted;
  }

  private static void enter(Node node, Deque<Step> way) {
    if (node.placed) {
      return;
    }
    if (node.entered) {
      throw new InvalidInputException(
          "task " + node.task.id() + " needs itself by way of others; remove one of these needs");
    }
    node.entered = true;
    way.push(new Step(node, node.needs.iterator()));
  }
}
