package dev.waymark.runner.definition;

import dev.waymark.core.error.InvalidInputException;
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
 * @param id its id, unique in the workflow across all stages
 * @param stage the stage in which it runs
 * @param needs the tasks of its stage that must have ended before it starts
 * @param condition what its needs must fulfil after they have ended; otherwise it is skipped
 * @param run a script for the shell, or null
 * @param uses the name of a handler that a Java program registered, or null
 * @param with arguments of the handler
 * @param env environment of this task, which overrides that of the workflow
 * @param workingDirectory the directory in which it runs, relative to the directory of the
 *     execution; overrides that of the workflow; or null
 * @param timeout how long one attempt may take, or null for no limit
 * @param retry the rules for retries
 * @param pool the pool whose workers claim it and whose slots limit how many tasks run at once, or
 *     null for any worker
 * @param inheritedEnv the variables that it inherits from its worker
 * @since 0.1.0
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

  /** A task that inherits every variable of its worker except credentials. */
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

  /**
   * Keeps unmodifiable copies, in their order.
   *
   * @throws InvalidInputException when the id has the number of an iteration
   */
  public TaskDefinition {
    if (id.iteration() > 1) {
      throw new InvalidInputException(
          "task "
              + id
              + " of a definition has the number of an iteration; use "
              + id.task()
              + ": an iteration begins when its handler calls again");
    }
    needs = List.copyOf(needs);
    with = Collections.unmodifiableMap(new LinkedHashMap<>(with));
    env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
  }

  /** A task of {@link Stage#MAIN} for any worker, which starts when its needs have succeeded. */
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

  /** The same task with another condition. */
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

  /** The same task in another pool; null means no pool. */
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

  /** The same task with other inherited variables. */
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
