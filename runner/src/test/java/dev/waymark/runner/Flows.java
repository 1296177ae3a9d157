package dev.waymark.runner;

import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.definition.Condition;
import dev.waymark.runner.definition.InheritedEnv;
import dev.waymark.runner.definition.InputDefinition;
import dev.waymark.runner.definition.RetryPolicy;
import dev.waymark.runner.definition.Stage;
import dev.waymark.runner.definition.TaskDefinition;
import dev.waymark.runner.definition.WorkflowDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Definitions created in Java. The text that the store keeps is a key by which {@link #read} finds
 * them again.
 */
final class Flows {
  private static final Map<String, WorkflowDefinition> SAVED = new ConcurrentHashMap<>();

  private Flows() {}

  static WorkflowDefinition read(Workflow workflow) {
    return Objects.requireNonNull(SAVED.get(workflow.definition()));
  }

  static Flow flow(String id) {
    return new Flow(id);
  }

  static RetryPolicy retry(int maxAttempts, Duration delay) {
    return new RetryPolicy(maxAttempts, delay, 2, Duration.ofHours(1), 0);
  }

  /** Collects tasks. Calls after a task are about that task. */
  static final class Flow {
    private final WorkflowId id;
    private final Map<String, InputDefinition> inputs = new LinkedHashMap<>();
    private final Map<String, String> env = new HashMap<>();
    private final List<TaskDefinition> tasks = new ArrayList<>();
    private @Nullable Duration executionTimeout;
    private Duration cleanupTimeout = WorkflowDefinition.DEFAULT_CLEANUP_TIMEOUT;
    private @Nullable Integer maxParallel;
    private int priority;

    private Flow(String id) {
      this.id = new WorkflowId(id);
    }

    Flow input(String name, @Nullable String defaultValue) {
      inputs.put(name, new InputDefinition(null, defaultValue));
      return this;
    }

    Flow env(String name, String value) {
      env.put(name, value);
      return this;
    }

    Flow task(String task, String run, String... needs) {
      tasks.add(
          new TaskDefinition(
              new TaskId(task),
              Stream.of(needs).map(TaskId::new).toList(),
              run,
              null,
              Map.of(),
              Map.of(),
              null,
              null,
              RetryPolicy.NONE));
      return this;
    }

    Flow uses(String handler) {
      TaskDefinition t = last();
      return replace(
          new TaskDefinition(
              t.id(),
              t.stage(),
              t.needs(),
              t.condition(),
              null,
              handler,
              t.with(),
              t.env(),
              null,
              t.timeout(),
              t.retry(),
              t.pool()));
    }

    Flow with(String name, String value) {
      TaskDefinition t = last();
      Map<String, String> with = new LinkedHashMap<>(t.with());
      with.put(name, value);
      return replace(
          new TaskDefinition(
              t.id(),
              t.stage(),
              t.needs(),
              t.condition(),
              t.run(),
              t.uses(),
              with,
              t.env(),
              t.workingDirectory(),
              t.timeout(),
              t.retry(),
              t.pool()));
    }

    Flow retry(RetryPolicy retry) {
      TaskDefinition t = last();
      return replace(changed(t, t.env(), t.workingDirectory(), t.timeout(), retry));
    }

    Flow timeout(Duration timeout) {
      TaskDefinition t = last();
      return replace(changed(t, t.env(), t.workingDirectory(), timeout, t.retry()));
    }

    Flow directory(String directory) {
      TaskDefinition t = last();
      return replace(changed(t, t.env(), directory, t.timeout(), t.retry()));
    }

    Flow taskEnv(String name, String value) {
      TaskDefinition t = last();
      Map<String, String> env = Map.of(name, value);
      return replace(changed(t, env, t.workingDirectory(), t.timeout(), t.retry()));
    }

    private static TaskDefinition changed(
        TaskDefinition t,
        Map<String, String> env,
        @Nullable String directory,
        @Nullable Duration timeout,
        RetryPolicy retry) {
      return new TaskDefinition(
          t.id(),
          t.stage(),
          t.needs(),
          t.condition(),
          t.run(),
          t.uses(),
          t.with(),
          env,
          directory,
          timeout,
          retry,
          t.pool(),
          t.inheritedEnv());
    }

    /** The condition of the task, as in a workflow file. */
    Flow when(String condition) {
      return replace(last().withCondition(Condition.parse(condition)));
    }

    Flow stage(Stage stage) {
      return replace(last().withStage(stage));
    }

    Flow inherit(String... names) {
      return replace(last().withInheritedEnv(new InheritedEnv(Set.of(names))));
    }

    Flow pool(String pool) {
      return replace(last().withPool(pool));
    }

    private TaskDefinition last() {
      return tasks.get(tasks.size() - 1);
    }

    private Flow replace(TaskDefinition task) {
      tasks.set(tasks.size() - 1, task);
      return this;
    }

    /** The time-out of the execution. */
    Flow executionTimeout(Duration timeout) {
      executionTimeout = timeout;
      return this;
    }

    /** The time-out of each stage after the first. */
    Flow cleanupTimeout(Duration timeout) {
      cleanupTimeout = timeout;
      return this;
    }

    /** The limit of parallel executions. */
    Flow maxParallel(int most) {
      maxParallel = most;
      return this;
    }

    Flow priority(int priority) {
      this.priority = priority;
      return this;
    }

    /** The definition. */
    WorkflowDefinition definition() {
      return new WorkflowDefinition(
          id,
          null,
          Map.of(),
          inputs,
          env,
          null,
          executionTimeout,
          cleanupTimeout,
          maxParallel,
          priority,
          tasks,
          "");
    }

    /** Saves it as the next revision and returns its id. */
    WorkflowId save(StateStore store) {
      WorkflowDefinition definition = definition();
      String key = definition.toString();
      SAVED.put(key, definition);
      store.saveWorkflow(new NewWorkflow(id, key));
      return id;
    }
  }
}
