package dev.waymark.runner.internal;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ExecutionDetails.TaskRunDetails;
import dev.waymark.runner.definition.TaskDefinition;
import dev.waymark.runner.definition.WorkflowDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the coordinator knows of one execution it works on: a copy of what the store says, kept up
 * to date by its own commits and read again when a commit was refused or another process was at it.
 *
 * <p>Nodes stand in the set of what they wait for, so that finding the next thing to do costs no
 * walk over all tasks: {@code ready} for a free place, {@code waiting} for a time, {@code running}
 * for the end of an attempt.
 */
final class Job {
  private static final Comparator<Node> FILE_ORDER = Comparator.comparingInt(node -> node.index);

  private final Execution found;
  private final WorkflowDefinition definition;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<TaskRunId, Node> byRun = new HashMap<>();

  private final TreeSet<Node> ready = new TreeSet<>(FILE_ORDER);
  private final TreeSet<Node> waiting =
      new TreeSet<>(Comparator.comparing(Node::retryAt).thenComparing(FILE_ORDER));
  private final TreeSet<Node> running = new TreeSet<>(FILE_ORDER);

  private ExecutionState state;
  private long version;
  private int unfinished;
  private int broken;
  private int skipped;

  /**
   * Makes the picture of an execution.
   *
   * @throws InvalidInputException when its task runs are not those of the definition, or a task is
   *     none that this version can run
   */
  Job(ExecutionDetails details, WorkflowDefinition definition) {
    this.found = details.execution();
    this.definition = definition;
    this.state = found.state();
    Map<TaskId, TaskRunId> runs = new HashMap<>();
    details.taskRuns().forEach(run -> runs.put(run.taskRun().taskId(), run.taskRun().id()));
    Map<TaskId, Node> byTask = new HashMap<>();
    for (TaskDefinition task : definition.tasks()) {
      TaskRunId run = runs.get(task.id());
      if (run == null || task.run() == null) {
        throw unfit(
            run == null
                ? "it has no task run for task " + task.id()
                : "no handler runs its task " + task.id());
      }
      Node node = new Node(nodes.size(), task, run);
      nodes.add(node);
      byTask.put(task.id(), node);
      byRun.put(run, node);
    }
    if (runs.size() != nodes.size()) {
      throw unfit(
          "it has " + runs.size() + " task runs where its workflow has " + nodes.size() + " tasks");
    }
    nodes.forEach(node -> connect(node, byTask));
    load(details);
  }

  private InvalidInputException unfit(String why) {
    return new InvalidInputException(
        "cannot run execution "
            + found.id()
            + ": "
            + why
            + "; run it with the program that created it");
  }

  private static void connect(Node node, Map<TaskId, Node> byTask) {
    for (TaskId need : node.task.needs()) {
      Node needed = byTask.get(need);
      if (needed == null) {
        throw new InvalidInputException(
            "task "
                + node.task.id()
                + " needs "
                + need
                + ", which is no task; correct the definition");
      }
      node.needs.add(needed);
      needed.dependants.add(node);
    }
  }

  /** Takes over what the store says, and tells which nodes are not as they were. */
  List<Node> load(ExecutionDetails details) {
    state = details.execution().state();
    version = details.execution().version();
    List<Node> changed = new ArrayList<>();
    for (TaskRunDetails each : details.taskRuns()) {
      Node node = byRun.get(each.taskRun().id());
      if (node == null) {
        continue; // Another program added it while the execution ran, and has to care for it.
      }
      if (node.version != each.taskRun().version()
          || node.attempt != each.taskRun().lastAttempt()) {
        changed.add(node);
      }
      node.load(each);
    }
    recount();
    return changed;
  }

  /** Takes over what the store says of one node. */
  void load(Node node, TaskRunDetails details) {
    node.load(details);
    recount();
  }

  private void recount() {
    ready.clear();
    waiting.clear();
    running.clear();
    unfinished = 0;
    broken = 0;
    skipped = 0;
    for (Node node : nodes) {
      node.openNeeds =
          (int) node.needs.stream().filter(need -> need.state != TaskRunState.SUCCEEDED).count();
      tally(node.state, 1);
      place(node);
    }
  }

  private void tally(TaskRunState of, int by) {
    unfinished += of.isTerminal() ? 0 : by;
    broken += of == TaskRunState.FAILED || of == TaskRunState.CANCELLED ? by : 0;
    skipped += of == TaskRunState.SKIPPED ? by : 0;
  }

  /** Moves a node; it is in no set until {@link #place} puts it into one. */
  void move(Node node, TaskRunState to) {
    unplace(node);
    tally(node.state, -1);
    node.state = to;
    node.version++;
    tally(to, 1);
    if (to == TaskRunState.SUCCEEDED) {
      node.dependants.forEach(dependant -> dependant.openNeeds--);
    }
  }

  void move(ExecutionState to) {
    state = to;
    version++;
  }

  /** Takes a node out of its set, before what the order of the set depends on changes. */
  void unplace(Node node) {
    ready.remove(node);
    waiting.remove(node);
    running.remove(node);
  }

  /** Puts nodes that were changed, and those that waited for them, where they belong. */
  void place(Collection<Node> changed, Instant at) {
    for (Node node : changed) {
      node.changedAt = at;
      place(node);
      if (node.state == TaskRunState.SUCCEEDED) {
        node.dependants.forEach(this::place);
      }
    }
  }

  private void place(Node node) {
    switch (node.state) {
      case PENDING -> {
        if (node.openNeeds == 0) {
          ready.add(node);
        }
      }
      case RETRYING -> waiting.add(node);
      case RUNNING -> running.add(node);
      case SUCCEEDED, FAILED, CANCELLED, SKIPPED -> {
        // Ended: waits for nothing.
      }
    }
  }

  /** The next node to start, or null when there is none now. */
  @Nullable Node next(Instant now) {
    if (!startsTasks()) {
      return null;
    }
    if (!waiting.isEmpty() && !waiting.first().retryAt().isAfter(now)) {
      return waiting.first();
    }
    return ready.isEmpty() ? null : ready.first();
  }

  /** When the first pause is over, or null when nothing waits for a time. */
  @Nullable Instant nextRetry() {
    return startsTasks() && !waiting.isEmpty() ? waiting.first().retryAt() : null;
  }

  /** Whether a task of it may start now or, after a pause, later. */
  boolean hasOwnFuture() {
    return startsTasks() && !(ready.isEmpty() && waiting.isEmpty());
  }

  int readyTasks() {
    return startsTasks() ? ready.size() : 0;
  }

  private boolean startsTasks() {
    return (state == ExecutionState.PENDING || state == ExecutionState.RUNNING) && broken == 0;
  }

  boolean isBroken() {
    return broken > 0;
  }

  boolean hasSkipped() {
    return skipped > 0;
  }

  boolean isDone() {
    return unfinished == 0;
  }

  ExecutionId id() {
    return found.id();
  }

  /** The execution as it was when it was taken in hand; state and version are out of date. */
  Execution found() {
    return found;
  }

  WorkflowDefinition definition() {
    return definition;
  }

  ExecutionState state() {
    return state;
  }

  long version() {
    return version;
  }

  List<Node> nodes() {
    return nodes;
  }

  /** The nodes that have begun and not ended, in the order of the file. */
  List<Node> running() {
    return List.copyOf(running);
  }

  @Nullable Node node(TaskRunId id) {
    return byRun.get(id);
  }

  /** Whether the store, as far as known, has this attempt as live. */
  boolean isLive(AttemptId id) {
    Node node = byRun.get(id.taskRunId());
    return node != null && node.hasLiveAttempt() && node.attempt == id.number();
  }
}
