package dev.waymark.runner.internal.attempt;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.Signal;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.api.ChildExecution;
import dev.waymark.runner.api.ReceivedSignal;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.api.TaskContext;
import dev.waymark.runner.api.TaskLogs;
import dev.waymark.runner.definition.Stage;
import dev.waymark.runner.internal.base.OutputNames;
import dev.waymark.runner.internal.handler.Handlers;
import dev.waymark.runner.internal.process.AttemptFiles;
import dev.waymark.runner.internal.process.FollowUp;
import dev.waymark.runner.internal.process.HandlerWait;
import dev.waymark.runner.internal.process.NextIteration;
import dev.waymark.runner.internal.process.ProcessEnd;
import dev.waymark.runner.internal.rules.CleanupFacts;
import dev.waymark.runner.internal.rules.ExecutionPicture;
import dev.waymark.runner.internal.rules.Inputs;
import dev.waymark.runner.internal.rules.TaskRunPicture;
import dev.waymark.runner.internal.start.StartExecution;
import dev.waymark.runner.internal.worker.RunnerConfig;
import java.io.FileWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The view that a handler has of its attempt. */
final class HandlerContext implements TaskContext {
  private static final Logger LOG = LoggerFactory.getLogger(HandlerContext.class);

  private final ExecutionId executionId;
  private final WorkflowId workflowId;
  private final TaskId taskId;
  private final int attempt;
  private final int iteration;
  private final String key;
  private final Map<String, String> inputs;
  private final @Nullable Payload input;
  private final Handlers handlers;
  private final Map<String, String> with;
  private final Map<TaskId, Map<String, String>> needs;
  private final Map<String, @Nullable Payload> results = new HashMap<>();
  private final @Nullable String result;
  private final List<TaskId> failedTasks;
  private final Path logFile;
  private final Runnable logBegins;
  private final Map<String, String> outputs = new LinkedHashMap<>();
  private final AttemptId id;
  private final StateStore store;
  private final Execution execution;
  private final StartExecution starts;
  private final HandlerChildren children;
  private @Nullable Payload set;
  private @Nullable FollowUp asked;
  private @Nullable Writer log;
  private volatile boolean stopped;

  /**
   * The view of the newest attempt of a task run.
   *
   * @param logBegins is called when the file of the log has been created, which happens with its
   *     first line
   */
  HandlerContext(
      ExecutionPicture picture, TaskRunPicture taskRun, RunnerConfig config, Runnable logBegins) {
    this.id = taskRun.attemptId();
    this.store = config.store();
    this.execution = picture.found();
    this.starts = config.starts();
    this.executionId = picture.id();
    this.children = new HandlerChildren(config, executionId, taskRun.id());
    this.workflowId = picture.found().workflowId();
    this.taskId = taskRun.task().id();
    this.attempt = taskRun.attempt();
    this.iteration = taskRun.taskId().iteration();
    this.key = taskRun.id().toString();
    this.inputs = Collections.unmodifiableMap(Inputs.of(picture));
    this.input = picture.found().input();
    this.handlers = config.handlers();
    this.with = taskRun.task().with();
    this.needs = Collections.unmodifiableMap(taskRun.outputsOfNeeds());
    taskRun.needs().forEach(need -> results.put(need.task().id().value(), need.result()));
    TaskLogs logs = config.logs();
    if (taskRun.task().stage() == Stage.MAIN) {
      this.result = null;
      this.failedTasks = List.of();
    } else {
      CleanupFacts facts = CleanupFacts.of(picture, taskRun, logs);
      this.result = facts.result();
      this.failedTasks = facts.failed();
    }
    this.logFile = logs.path(executionId, taskRun.taskId(), attempt);
    this.logBegins = logBegins;
  }

  @Override
  public ExecutionId executionId() {
    return executionId;
  }

  @Override
  public WorkflowId workflowId() {
    return workflowId;
  }

  @Override
  public TaskId taskId() {
    return taskId;
  }

  @Override
  public int attempt() {
    return attempt;
  }

  @Override
  public String idempotencyKey() {
    return key;
  }

  @Override
  public Map<String, String> inputs() {
    return inputs;
  }

  @Override
  public @Nullable Payload input() {
    return input;
  }

  @Override
  public <T> T input(Class<T> type) {
    if (input == null) {
      throw new InvalidInputException(
          "execution " + executionId + " has no input; start it with one");
    }
    return handlers.codec().decode(input, type);
  }

  @Override
  public Map<String, String> with() {
    return with;
  }

  @Override
  public Map<TaskId, Map<String, String>> needs() {
    return needs;
  }

  @Override
  public @Nullable Payload resultOf(String task) {
    if (!results.containsKey(task)) {
      throw new InvalidInputException(
          "task "
              + taskId
              + " does not need task "
              + Text.quote(task)
              + "; it needs "
              + (needs.isEmpty() ? "none" : needs.keySet())
              + ". Use one of these, or add it to needs:");
    }
    return results.get(task);
  }

  @Override
  public <T> T resultOf(String task, Class<T> type) {
    Payload found = resultOf(task);
    if (found == null) {
      throw new InvalidInputException(
          "task " + Text.quote(task) + " of execution " + executionId + " has no result");
    }
    return handlers.codec().decode(found, type);
  }

  @Override
  public @Nullable String result() {
    return result;
  }

  @Override
  public List<TaskId> failedTasks() {
    return failedTasks;
  }

  @Override
  public synchronized void output(String name, String value) {
    OutputNames.check("output name", name);
    Text.wellFormed("output " + Text.quote(name) + " of task " + taskId, value);
    if (set != null) {
      throw mixed("a result");
    }
    outputs.put(name, value);
  }

  @Override
  public synchronized void setResult(Object result) {
    if (!outputs.isEmpty()) {
      throw mixed("outputs");
    }
    set = payload(result);
  }

  private InvalidInputException mixed(String has) {
    return new InvalidInputException(
        "attempt "
            + attempt
            + " of task "
            + taskId
            + " has "
            + has
            + " already; use output or setResult, and not both");
  }

  /** What the handler has set; null if nothing. */
  synchronized @Nullable Payload taken() {
    return outputs.isEmpty() ? set : Payload.ofTexts(outputs);
  }

  @Override
  public void sleep(Duration time) {
    ask(HandlerWait.forTime(time));
  }

  @Override
  public void awaitSignal(String name, @Nullable Duration timeout) {
    ask(HandlerWait.forSignal(name, timeout));
  }

  @Override
  public ExecutionId child(String name, StartRequest request, ChildPolicy policy) {
    return children.start(name, request, policy);
  }

  @Override
  public @Nullable ChildExecution awaitChild(ExecutionId child, @Nullable Duration timeout) {
    return children.find(child, timeout, this::ask);
  }

  @Override
  public void again() {
    askAgain(null);
  }

  @Override
  public void again(Object input) {
    askAgain(payload(input));
  }

  private void askAgain(@Nullable Payload input) {
    TaskId unused = taskId.iteration(iteration).again(); // Not beyond the greatest number.
    ask(new NextIteration(input));
  }

  @Override
  public void continueAs(StartRequest request) {
    ask(starts.continuation(execution, request));
  }

  @Override
  public void continueAsNew(Object input) {
    continueAs(StartRequest.next(execution).input(payload(input)).build());
  }

  private Payload payload(Object value) {
    return value instanceof Payload payload ? payload : handlers.codec().encode(value);
  }

  private synchronized void ask(FollowUp followUp) {
    asked = followUp;
  }

  /** The end of the attempt, with what the handler has asked for. */
  synchronized ProcessEnd followedBy(ProcessEnd end) {
    return asked == null ? end : end.before(asked);
  }

  @Override
  public int iteration() {
    return iteration;
  }

  @Override
  public @Nullable Payload iterationInput() {
    return iteration == 1 ? null : store.payload(PayloadRef.inputOf(id.taskRunId()));
  }

  @Override
  public <T> @Nullable T iterationInput(Class<T> type) {
    Payload found = iterationInput();
    return found == null ? null : handlers.codec().decode(found, type);
  }

  /**
   * Each wait begins with an attempt that has succeeded. So a signal belongs to the last wait if no
   * attempt since its delivery has.
   */
  @Override
  public @Nullable ReceivedSignal signal() {
    Signal last = null;
    int delivered = 0;
    for (Signal each : store.signals(executionId)) {
      Integer first = each.attempt();
      if (id.taskRunId().equals(each.taskRunId()) && first != null && first > delivered) {
        last = each;
        delivered = first;
      }
    }
    return last == null || hasWaitedSince(delivered)
        ? null
        : new ReceivedSignal(
            last.name(),
            last.number(),
            last.sentAt(),
            store.payload(PayloadRef.ofSignal(executionId, last.number())));
  }

  private boolean hasWaitedSince(int number) {
    return number != attempt
        && store.attempts(id.taskRunId()).stream()
            .anyMatch(
                each ->
                    each.number() >= number
                        && each.number() < attempt
                        && each.state() == AttemptState.SUCCEEDED);
  }

  @Override
  public @Nullable Payload saved() {
    return store.payload(PayloadRef.resultOf(id.taskRunId()));
  }

  @Override
  public <T> @Nullable T saved(Class<T> type) {
    Payload found = saved();
    return found == null ? null : handlers.codec().decode(found, type);
  }

  @Override
  public synchronized void log(String line) {
    try {
      if (log == null) {
        AttemptFiles.createDirectory(logFile.toAbsolutePath().getParent());
        // Not a channel, which Files would create: the interrupt that requests the end would close
        // it.
        log = new FileWriter(logFile.toFile(), StandardCharsets.UTF_8, true);
        logBegins.run();
      }
      log.write(line + "\n");
      log.flush();
    } catch (IOException e) {
      LOG.warn("cannot write to the log {} of a handler", logFile, e);
    }
  }

  synchronized void close() {
    try {
      if (log != null) {
        log.close();
      }
    } catch (IOException e) {
      LOG.warn("cannot close the log {} of a handler", logFile, e);
    }
  }

  void stop() {
    stopped = true;
  }

  @Override
  public boolean isStopped() {
    return stopped;
  }
}
