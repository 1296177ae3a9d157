package dev.waymark.runner.definition;

import dev.waymark.core.model.TaskId;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One task. It has either {@code run} or {@code uses}.
 *
 * @param id its id, which no other task of the workflow has, whatever its stage
 * @param stage when in the course of an execution it has its turn
 * @param needs the tasks of its stage that must have ended before it starts
 * @param condition what must hold of its needs once they have ended; otherwise it is skipped
 * @param run a script for the shell, or null
 * @param uses the name of a handler that a Java program registered, or null
 * @param with arguments of the handler
 * @param env environment of this task, over that of the workflow
 * @param workingDirectory where it runs, relative to the directory of the execution, instead of
 *     that of the workflow; or null
 * @param timeout how long one attempt may take, or null for no bound
 * @param retry when to try again
 * @param pool the pool whose workers take it and whose slots bound how many tasks run at once, or
 *     null for any worker
 * @param inheritedEnv which variables of its worker it inherits
 */
public record TaskDefinition(
    TaskId id,
    Stage stage,
    List<TaskId> needs,
    Condition condition,
    @Nullable String run,
    @Nullable String uses,
    Map<String, String> with,
    Map<String, String> env,
    @Nullable String workingDirectory,
    @Nullable Duration timeout,
    RetryPolicy retry,
    @Nullable String pool,
    InheritedEnv inheritedEnv) {

  /** A task that inherits every variable of its worker but credentials. */
  public TaskDefinition(
      TaskId id,
      Stage stage,
      List<TaskId> needs,
      Condition condition,
      @Nullable String run,
      @Nullable String uses,
      Map<String, String> with,
      Map<String, String> env,
      @Nullable String workingDirectory,
      @Nullable Duration timeout,
      RetryPolicy retry,
      @Nullable String pool) {
    this(
        id,
        stage,
        needs,
        condition,
        run,
        uses,
        with,
        env,
        workingDirectory,
        timeout,
        retry,
        pool,
        InheritedEnv.ALL);
  }

  /** Keeps unmodifiable copies, in their order. */
  public TaskDefinition {
    needs = List.copyOf(needs);
    with = Collections.unmodifiableMap(new LinkedHashMap<>(with));
    env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
  }

  /** A task of {@link Stage#MAIN} for any worker, which starts once its needs have succeeded. */
  public TaskDefinition(
      TaskId id,
      List<TaskId> needs,
      @Nullable String run,
      @Nullable String uses,
      Map<String, String> with,
      Map<String, String> env,
      @Nullable String workingDirectory,
      @Nullable Duration timeout,
      RetryPolicy retry) {
    this(
        id,
        Stage.MAIN,
        needs,
        Condition.SUCCESS,
        run,
        uses,
        with,
        env,
        workingDirectory,
        timeout,
        retry,
        null);
  }

  /** The same task in another stage. */
  public TaskDefinition withStage(Stage stage) {
    return new TaskDefinition(
        id,
        stage,
        needs,
        condition,
        run,
        uses,
        with,
        env,
        workingDirectory,
        timeout,
        retry,
        pool,
        inheritedEnv);
  }

  /** The same task under another condition. */
  public TaskDefinition withCondition(Condition condition) {
    return new TaskDefinition(
        id,
        stage,
        needs,
        condition,
        run,
        uses,
        with,
        env,
        workingDirectory,
        timeout,
        retry,
        pool,
        inheritedEnv);
  }

  /** The same task in another pool, or in none for null. */
  public TaskDefinition withPool(@Nullable String pool) {
    return new TaskDefinition(
        id,
        stage,
        needs,
        condition,
        run,
        uses,
        with,
        env,
        workingDirectory,
        timeout,
        retry,
        pool,
        inheritedEnv);
  }

  /** The same task with other variables of its worker. */
  public TaskDefinition withInheritedEnv(InheritedEnv inheritedEnv) {
    return new TaskDefinition(
        id,
        stage,
        needs,
        condition,
        run,
        uses,
        with,
        env,
        workingDirectory,
        timeout,
        retry,
        pool,
        inheritedEnv);
  }
}
