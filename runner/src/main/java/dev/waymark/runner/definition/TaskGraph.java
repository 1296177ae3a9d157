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
 * The dependency graph of the tasks of a workflow, by {@code needs}. It contains the tasks of all
 * stages, but not the order of the stages. Building it takes time and space in proportion to the
 * number of tasks and needs; a look-up does not.
 *
 * <p>Immutable and thread-safe.
 *
 * @since 0.1.0
 */
public final class TaskGraph {
  private final Map<TaskId, Node> nodes;
  private final List<TaskId> order;

  private static final class Node {
    final TaskDefinition task;
    final List<TaskId> dependants = new ArrayList<>();

    /**
     * In the order of the file. The needs of the task definition are in the order in which the task
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
   * Returns the graph of a workflow.
   *
   * @throws InvalidInputException when a task appears twice, needs a task that does not exist or is
   *     of another stage, or depends on itself directly or through others; never for a workflow
   *     that {@code DefinitionReader} read
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
    // The nodes are in the order of the file. Each node is added to its dependants in that order,
    // so the needs are sorted without a comparison.
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

  /** The number of tasks. */
  public int size() {
    return nodes.size();
  }

  /** The task with this id, or null when there is none. */
  public @Nullable TaskDefinition task(TaskId id) {
    Node node = nodes.get(id);
    return node == null ? null : node.task;
  }

  /**
   * All tasks by stage, each after the tasks that it needs. If the file already has such an order,
   * that order is kept. Otherwise a task moves forward only to the place before its first
   * dependant. The same file always has the same order.
   */
  public List<TaskId> order() {
    return order;
  }

  /** The tasks of all stages that have no needs, in the order of the file. */
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
   * The tasks in {@code needs} of a task, in the order of the file.
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
   * The direct and indirect dependants of a task, nearest first. They are skipped when the task
   * fails, unless a condition says otherwise.
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

  /** A task whose needs are being added to the order before it. */
  private record Step(Node node, Iterator<TaskId> rest) {}

  /**
   * A depth-first search in the order of the file. It has an explicit stack, because a chain may
   * have thousands of tasks.
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
