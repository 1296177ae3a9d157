package dev.waymark.runner.internal.rules;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.runner.api.TaskRunProgress;
import dev.waymark.runner.definition.Condition;
import dev.waymark.runner.definition.TaskDefinition;
import dev.waymark.runner.internal.base.Iterations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator's view of one task: of its newest iteration. Only {@link StepChanges} and {@link
 * ExecutionPicture} change it, on the coordinator's thread.
 */
public final class TaskRunPicture {
  private static final long MIX = 0x9e3779b97f4a7c15L;

  final int index;
  final TaskDefinition task;
  final TaskRunId id;

  /** The id of the task, with the number of the iteration. */
  final TaskId taskId;

  final List<TaskRunPicture> needs = new ArrayList<>();
  final List<TaskRunPicture> dependants = new ArrayList<>();

  TaskRunState state = TaskRunState.PENDING;
  long version;

  /** The number of the newest attempt: the fencing token. */
  int attempt;

  @Nullable AttemptState attemptState;
  @Nullable String worker;
  @Nullable String error;

  /** The number of failed attempts since the last wait, and after it that of lost attempts. */
  int failed;

  int lost;

  /** Whether every further attempt would fail for the same reason. */
  boolean hopeless;

  /** The number of needs that have not ended. */
  int openNeeds;

  /** The number of dependants that have not ended. */
  int openDependants;

  /** Whether it waits to be claimed, now or after a delay. */
  boolean ready;

  /** Its result; null if it has none, or if no dependant may need it any more. */
  @Nullable Payload result;

  Instant changedAt = Instant.EPOCH;

  /**
   * When the first attempt of the task began, in its first iteration; far in the future if none
   * has.
   */
  Instant startedAt = Instant.MAX;

  /** The version that listeners know, from the start or from an event. */
  private long notifiedVersion = -1;

  private int notifiedAttempt = -1;
  private Instant notifiedAt = Instant.MIN;
  private boolean notifiedByEvent;

  /**
   * The iteration before this one, while the step that has created this one may still be refused.
   */
  private @Nullable TaskRunPicture previous;

  TaskRunPicture(int index, TaskDefinition task, TaskRunId id, TaskId taskId) {
    this.index = index;
    this.task = task;
    this.id = id;
    this.taskId = taskId;
  }

  /** The next iteration, whose creation is not yet stored. It takes the place of this one. */
  TaskRunPicture next() {
    previous = null;
    TaskRunPicture next = replacement(Iterations.nextId(id), taskId.again());
    next.previous = this;
    next.version = 1;
    return next;
  }

  /** Another iteration of the task, in the place of this one. */
  TaskRunPicture replacement(TaskRunId otherId, TaskId otherTaskId) {
    TaskRunPicture other =
        previous != null && previous.id.equals(otherId)
            ? previous
            : new TaskRunPicture(index, task, otherId, otherTaskId);
    other.replace(needs, other.needs, this, need -> need.dependants);
    other.replace(dependants, other.dependants, this, dependant -> dependant.needs);
    other.openNeeds = openNeeds;
    other.openDependants = openDependants;
    other.noteStart(startedAt);
    return other;
  }

  private void replace(
      List<TaskRunPicture> from,
      List<TaskRunPicture> to,
      TaskRunPicture old,
      Function<TaskRunPicture, List<TaskRunPicture>> back) {
    to.clear();
    to.addAll(from);
    to.forEach(each -> back.apply(each).replaceAll(other -> other == old ? this : other));
  }

  /** Notes when an iteration began; the time of the task is that of the first. */
  void noteStart(Instant at) {
    startedAt = at.isBefore(startedAt) ? at : startedAt;
  }

  /** Whether an attempt of it, or of an earlier iteration, has begun. */
  boolean hasBegun() {
    return attempt > 0 || taskId.iteration() > 1;
  }

  /** Connects it with the task runs that it needs. */
  void connect(Map<TaskId, TaskRunPicture> byTask) {
    for (TaskId need : task.needs()) {
      TaskRunPicture needed = byTask.get(need);
      if (needed == null) {
        throw new InvalidInputException(
            "task " + task.id() + " needs " + need + ", which is no task; correct the definition");
      }
      needs.add(needed);
      needed.dependants.add(this);
    }
  }

  /** Its definition in the workflow. */
  public TaskDefinition task() {
    return task;
  }

  /** The id of the task run. */
  public TaskRunId id() {
    return id;
  }

  /** The id of the task, with the number of the iteration. */
  public TaskId taskId() {
    return taskId;
  }

  /** The number of the newest attempt, which is the fencing token; 0 before the first. */
  public int attempt() {
    return attempt;
  }

  /** The version of the task run. */
  public long version() {
    return version;
  }

  /** The worker of the newest attempt; null before the first. */
  public @Nullable String worker() {
    return worker;
  }

  /** The task runs that it needs. The caller must not change the list. */
  public List<TaskRunPicture> needs() {
    return needs;
  }

  /** Its result; null if it has none, or if no dependant may need it any more. */
  public @Nullable Payload result() {
    return result;
  }

  /** Its result as names and values. */
  public Map<String, String> outputs() {
    return result == null ? Map.of() : result.texts();
  }

  /**
   * Sets whether every further attempt would fail for the same reason, so that it is not retried.
   */
  public void setHopeless(boolean hopeless) {
    this.hopeless = hopeless;
  }

  /** Loads the data of the store, and returns this. */
  TaskRunPicture load(ExecutionProgress.Item details) {
    TaskRun run = details.taskRun();
    ready = details.ready();
    result = details.result();
    state = run.state();
    version = run.version();
    attempt = run.lastAttempt();
    failed = count(details, AttemptState.FAILED);
    lost = count(details, AttemptState.LOST);
    changedAt = run.createdAt();
    attemptState = null;
    if (!details.attempts().isEmpty()) {
      noteStart(details.attempts().get(0).startedAt());
      load(details.attempts().get(details.attempts().size() - 1));
    }
    changedAt = Objects.requireNonNullElse(run.endedAt(), changedAt);
    return this;
  }

  private void load(Attempt last) {
    Instant end = last.endedAt();
    attemptState = last.state();
    worker = last.worker();
    error = last.error();
    changedAt = end == null ? last.startedAt() : end;
  }

  /** Counts from the last wait on, which began with an attempt that has succeeded. */
  private static int count(ExecutionProgress.Item details, AttemptState state) {
    int count = 0;
    for (Attempt attempt : details.attempts()) {
      if (attempt.state() == AttemptState.SUCCEEDED) {
        count = 0;
      }
      count += attempt.state() == state ? 1 : 0;
    }
    return count;
  }

  /** Counts the needs and the dependants that have not ended. */
  void recount() {
    openNeeds = open(needs);
    openDependants = open(dependants);
  }

  private static int open(List<TaskRunPicture> taskRuns) {
    int open = 0;
    for (TaskRunPicture taskRun : taskRuns) {
      open += taskRun.isFinal() ? 0 : 1;
    }
    return open;
  }

  /**
   * Results may be large, and there may be thousands of them, so they are kept only while a
   * dependant may start.
   */
  void dropResult() {
    if (openDependants == 0) {
      result = null;
    }
  }

  public AttemptId attemptId() {
    return new AttemptId(id, attempt);
  }

  public boolean hasLiveAttempt() {
    return attemptState == AttemptState.RUNNING;
  }

  int endedAttempts() {
    return hasLiveAttempt() ? attempt - 1 : attempt;
  }

  boolean isFinal() {
    return state.isTerminal();
  }

  /** Loads a claim by this worker. */
  void claimed(Claimed claimed) {
    state = claimed.taskRun().state();
    version = claimed.taskRun().version();
    attempt = claimed.attempt().number();
    attemptState = claimed.attempt().state();
    worker = claimed.attempt().worker();
    changedAt = claimed.attempt().startedAt();
    noteStart(changedAt);
    error = null;
    ready = false;
  }

  /**
   * The delay before the next attempt. Only a failure is followed by a delay. Its random part is
   * derived from the identity of the attempt, so that a worker that takes over uses the same delay.
   */
  Duration pause() {
    if (attemptState != AttemptState.FAILED) {
      return Duration.ZERO;
    }
    long seed =
        id.value().getMostSignificantBits() * 31
            + id.value().getLeastSignificantBits()
            + attempt * MIX;
    return task.retry().delayAfter(failed, new SplittableRandom(seed).nextDouble());
  }

  /**
   * The rest of the delay at a time, at most the whole delay: the clocks of workers may differ, or
   * may have been set since.
   */
  Duration pauseLeft(Instant now) {
    Duration whole = pause();
    Duration left = Duration.between(now, changedAt.plus(whole));
    if (left.isNegative()) {
      return Duration.ZERO;
    }
    return left.compareTo(whole) > 0 ? whole : left;
  }

  /** The final states of the needs, for the condition. */
  List<Condition.Need> ends() {
    return needs.stream()
        .map(need -> new Condition.Need(need.task.id(), need.state, need.outputs()))
        .toList();
  }

  /** The outputs of the needs. */
  public Map<TaskId, Map<String, String>> outputsOfNeeds() {
    Map<TaskId, Map<String, String>> outputs = new LinkedHashMap<>();
    needs.forEach(need -> outputs.put(need.task.id(), need.outputs()));
    return outputs;
  }

  /** The text about it in the error of its execution. */
  String failure() {
    String name = "task " + Text.quote(taskId.value());
    if (state == TaskRunState.CANCELLED) {
      return name + " was cancelled";
    }
    String why = error == null ? "" : ": " + error;
    return name + " failed after " + attempt + (attempt == 1 ? " attempt" : " attempts") + why;
  }

  /** Notes that listeners received the task run in its current state. */
  void found() {
    notifiedVersion = version;
    notifiedAttempt = attempt;
    notifiedAt = changedAt;
  }

  /** Whether it differs from what listeners know. */
  boolean isNews() {
    return version != notifiedVersion || attempt != notifiedAttempt;
  }

  /**
   * The event for listeners about its last change; null when they already know it. No event of a
   * task run has an earlier time than the event before, whatever the clocks of workers show.
   *
   * @param claimed whether this worker has just claimed it, which is always reported
   */
  public @Nullable TaskRunProgress news(ExecutionId execution, boolean claimed) {
    if (!isNews() && (notifiedByEvent || !claimed)) {
      return null;
    }
    notifiedVersion = version;
    notifiedAttempt = attempt;
    notifiedByEvent = true;
    notifiedAt = changedAt.isBefore(notifiedAt) ? notifiedAt : changedAt;
    return progress(execution, notifiedAt);
  }

  private TaskRunProgress progress(ExecutionId execution, Instant at) {
    return new TaskRunProgress(
        execution,
        id,
        taskId,
        state,
        attempt,
        attemptState,
        at,
        error,
        state == TaskRunState.RETRYING ? at.plus(pause()) : null);
  }
}
