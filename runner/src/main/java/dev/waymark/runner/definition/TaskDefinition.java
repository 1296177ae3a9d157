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
 * @param id its id
 * @param needs the tasks that must have succeeded before it starts
 * @param run a script for the shell, or null
 * @param uses the name of a handler that a Java program registered, or null
 * @param with arguments of the handler
 * @param env environment of this task, over that of the workflow
 * @param workingDirectory where it runs, relative to the directory of the execution, instead of
 *     that of the workflow; or null
 * @param timeout how long one attempt may take, or null for no bound
 * @param retry when to try again
 */
public record TaskDefinition(
    TaskId id,
    List<TaskId> needs,
    @Nullable String run,
    @Nullable String uses,
    Map<String, String> with,
    Map<String, String> env,
    @Nullable String workingDirectory,
    @Nullable Duration timeout,
    RetryPolicy retry) {

  /** Keeps unmodifiable copies, in their order. */
  public TaskDefinition {
    needs = List.copyOf(needs);
    with = Collections.unmodifiableMap(new LinkedHashMap<>(with));
    env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
  }
}
