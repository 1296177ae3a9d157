package dev.waymark.runner.internal.rules;

import dev.waymark.core.internal.Text;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.runner.api.TaskRunProgress;
import dev.waymark.runner.definition.Condition;
import dev.waymark.runner.definition.TaskDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What the coordinator knows of one task run. Changed by {@link StepChanges} and {@link
 * ExecutionPicture} only, on the coordinator's thread.
 */
public final class TaskRunPicture {
  private static final long MIX = 0x9e3779b97f4a7c15L;

  final int index;
  final TaskDefinition task;
  final TaskRunId id;
  final List<TaskRunPicture> needs = new ArrayList<>();
  final List<TaskRunPicture> dependants = new ArrayList<>();

  TaskRunState state = TaskRunState.PENDING;
  long version;

  /** Number of the newest attempt: the fence. */
  int attempt;

  @Nullable AttemptState attemptState;
  @Nullable String worker;
  @Nullable String error;

  /** How many attempts failed, and how many were lost. */
  int failed;

  int lost;

  /** Whether every other attempt would fail for the same reason. */
  boolean hopeless;

  /** Needs that have not ended. */
  int openNeeds;

  /** Those that need it and have not ended. */
  int openDependants;

  /** Whether it waits to be claimed, now or after a pause. */
  boolean ready;

  /** What it gives to its dependants; nothing where none is left that may need it. */
  Map<String, String> outputs = Map.of();

  Instant changedAt = Instant.EPOCH;

  /** When its first attempt began; far in the future where none has. */
  Instant startedAt = Instant.MAX;

  /** What listeners know of it, from what they were given at the start or from an event. */
  private long notifiedVersion = -1;

  private int notifiedAttempt = -1;
  private Instant notifiedAt = Instant.MIN;
  private boolean notifiedByEvent;

  TaskRunPicture(int index, TaskDefinition task, TaskRunId id) {
    this.index = index;
    this.task = task;
    this.id = id;
  }

  /** Its definition in the workflow. */
  public TaskDefinition task() {
    return task;
  }

  /** The id of the task run. */
  public TaskRunId id() {
    return id;
  }

  /** The number of the newest attempt, which is the fence; 0 before the first. */
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

  /** The task runs that it needs; not to be changed. */
  public List<TaskRunPicture> needs() {
    return needs;
  }

  /** Its outputs; empty where no dependant may need them any more. */
  public Map<String, String> outputs() {
    return outputs;
  }

  /**
   * Notes whether every further attempt would fail for the same reason, so that it is not retried.
   */
  public void setHopeless(boolean hopeless) {
    this.hopeless = hopeless;
  }

  /** Takes over what the store says. */
  void load(ExecutionProgress.Item details) {
    TaskRun run = details.taskRun();
    ready = details.ready();
    outputs = details.outputs();
    state = run.state();
    version = run.version();
    attempt = run.lastAttempt();
    failed = count(details, AttemptState.FAILED);
    lost = count(details, AttemptState.LOST);
    changedAt = run.createdAt();
    attemptState = null;
    if (!details.attempts().isEmpty()) {
      startedAt = details.attempts().get(0).startedAt();
      load(details.attempts().get(details.attempts().size() - 1));
    }
    changedAt = Objects.requireNonNullElse(run.endedAt(), changedAt);
  }

  private void load(Attempt last) {
    Instant end = last.endedAt();
    attemptState = last.state();
    worker = last.worker();
    error = last.error();
    changedAt = end == null ? last.startedAt() : end;
  }

  private static int count(ExecutionProgress.Item details, AttemptState state) {
    return (int) details.attempts().stream().filter(attempt -> attempt.state() == state).count();
  }

  /**
   * Outputs may be large, and there may be thousands of them: they are kept only as long as a
   * dependant may start.
   */
  void dropOutputs() {
    if (openDependants == 0) {
      outputs = Map.of();
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

  /** Takes over that this worker has claimed it. */
  void claimed(Claimed claimed) {
    state = claimed.taskRun().state();
    version = claimed.taskRun().version();
    attempt = claimed.attempt().number();
    attemptState = claimed.attempt().state();
    worker = claimed.attempt().worker();
    changedAt = claimed.attempt().startedAt();
    startedAt = attempt == 1 ? changedAt : startedAt;
    error = null;
    ready = false;
  }

  /**
   * The pause before the next attempt. Only a failure is followed by one; its random part comes
   * from the attempt's identity, so that a worker which takes over makes the very same pause.
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
   * What is left of the pause at a time, never more than the whole of it: the clocks of workers may
   * differ, or have been set since.
   */
  Duration pauseLeft(Instant now) {
    Duration whole = pause();
    Duration left = Duration.between(now, changedAt.plus(whole));
    if (left.isNegative()) {
      return Duration.ZERO;
    }
    return left.compareTo(whole) > 0 ? whole : left;
  }

  /** What the needs have come to, for the condition. */
  List<Condition.Need> ends() {
    return needs.stream()
        .map(need -> new Condition.Need(need.task.id(), need.state, need.outputs))
        .toList();
  }

  /** What the needs have given. */
  public Map<TaskId, Map<String, String>> outputsOfNeeds() {
    Map<TaskId, Map<String, String>> outputs = new LinkedHashMap<>();
    needs.forEach(need -> outputs.put(need.task.id(), need.outputs));
    return outputs;
  }

  /** What to say of it when its execution fails. */
  String failure() {
    String name = "task " + Text.quote(task.id().value());
    if (state == TaskRunState.CANCELLED) {
      return name + " was cancelled";
    }
    String why = error == null ? "" : ": " + error;
    return name + " failed after " + attempt + (attempt == 1 ? " attempt" : " attempts") + why;
  }

  /** Listeners were given the task run as it is now. */
  void found() {
    notifiedVersion = version;
    notifiedAttempt = attempt;
    notifiedAt = changedAt;
  }

  /** Whether it is other than listeners know it. */
  boolean isNews() {
    return version != notifiedVersion || attempt != notifiedAttempt;
  }

  /**
   * What to tell listeners of its last change; null when they know. Of one task run no time is
   * before that of the event before, whatever the clocks of workers say.
   *
   * @param claimed whether this worker has just claimed it, which is told in any case
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
        task.id(),
        state,
        attempt,
        attemptState,
        at,
        error,
        state == TaskRunState.RETRYING ? at.plus(pause()) : null);
  }
}
