package dev.waymark.runner.api;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.WorkflowId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The attempt that a {@link TaskHandler} runs, with its inputs and outputs. Thread-safe.
 *
 * @since 0.1.0
 */
public interface TaskContext {

  /** The execution. */
  ExecutionId executionId();

  /** The workflow. */
  WorkflowId workflowId();

  /** The task, as in the workflow file: without the number of the iteration. */
  TaskId taskId();

  /** The number of the iteration: 1, and 1 more for each time that the task runs {@link #again}. */
  int iteration();

  /** The number of the attempt, from 1 in each iteration. */
  int attempt();

  /**
   * The idempotency key: the same in all attempts of this iteration of this task of this execution.
   * With it, the handler can make its effects outside the store happen once.
   */
  String idempotencyKey();

  /**
   * The inputs of the execution, by name: the members of {@link #input} as texts, and the defaults
   * of the definition.
   */
  Map<String, String> inputs();

  /** The input of the execution, as it was given; null if it has none. */
  @Nullable Payload input();

  /**
   * The input of the execution as a value, by the codec of the runner.
   *
   * @throws InvalidInputException when there is no input, it is no value of this type, or the
   *     runner has no codec
   */
  <T> T input(Class<T> type);

  /** The arguments of {@code with:}, by name. */
  Map<String, String> with();

  /** The outputs of the tasks that this one needs, by task and name. */
  Map<TaskId, Map<String, String>> needs();

  /**
   * The result of a task that this one needs; null if it has none.
   *
   * @throws InvalidInputException when this task does not need that one
   */
  @Nullable Payload resultOf(String task);

  /**
   * The result of a task that this one needs as a value, by the codec of the runner.
   *
   * @throws InvalidInputException when this task does not need that one, it has no result, the
   *     result is no value of this type, or the runner has no codec
   */
  <T> T resultOf(String task, Class<T> type);

  /**
   * Returns one output of a task that this one needs.
   *
   * @throws InvalidInputException when that task has no output of this name, or this task does not
   *     need it
   */
  default String need(String task, String output) {
    String value = needs().getOrDefault(new TaskId(task), Map.of()).get(output);
    if (value == null) {
      throw new InvalidInputException(
          "task "
              + taskId()
              + " has no output "
              + Text.quote(output)
              + " of task "
              + Text.quote(task)
              + "; the outputs of its needs are "
              + needs());
    }
    return value;
  }

  /**
   * How the stages before that of this task ended, the same as {@code WAYMARK_RESULT} for a
   * process: SUCCEEDED, FAILED, TIMED_OUT or CANCELLED. It is null for a task that belongs neither
   * to {@code on-failure} nor to {@code finally}.
   */
  default @Nullable String result() {
    return null;
  }

  /** The failed tasks of the earlier stages, in the order of the file. */
  default List<TaskId> failedTasks() {
    return List.of();
  }

  /**
   * Sets an output for the tasks that need this one. They receive it when the attempt has
   * succeeded. A later value of the same name replaces the earlier one.
   *
   * @throws InvalidInputException when the name is not a valid output name, the value is not
   *     well-formed text, or this attempt has a result
   */
  void output(String name, String value);

  /**
   * Sets the result, instead of outputs: a {@link Payload} as it is, any other value by the codec
   * of the runner. The tasks that need this one receive it when the attempt has succeeded, and see
   * the members of a JSON object as outputs. A later result replaces the earlier one.
   *
   * @throws InvalidInputException when this attempt has outputs, or the runner has no codec that
   *     maps the value
   */
  void setResult(Object result);

  /**
   * Lets the task wait for a time, without a worker, when the handler has returned. Then the next
   * attempt starts. If the handler throws, the task does not wait.
   *
   * @throws InvalidInputException when the time is negative or too long
   */
  void sleep(Duration time);

  /**
   * Lets the task wait for a signal, without a worker, when the handler has returned. The next
   * attempt starts when the signal has arrived, also if it arrived before, and {@link #signal}
   * returns it. If the handler throws, the task does not wait. Of several calls of this method,
   * {@link #sleep}, {@link #awaitChild} and {@link #again}, only the last one counts.
   *
   * @param timeout how long it waits at most; then the next attempt starts without a signal. Null
   *     waits without an end
   * @throws InvalidInputException when the name is not valid, or the time is negative or too long
   */
  void awaitSignal(String name, @Nullable Duration timeout);

  /**
   * The signal that has ended the last wait of this task. Null if the task has not waited, or its
   * time was over before a signal came. A retry has the same signal as the attempt before it.
   */
  @Nullable ReceivedSignal signal();

  /**
   * Starts an execution as a child of this task, and returns its id. The name identifies the child
   * within this iteration of the task: if an earlier attempt has started it, nothing is started
   * again. When the execution of this task is cancelled or fails, the child is cancelled too
   * ({@link ChildPolicy#CANCEL}) or goes on ({@link ChildPolicy#ABANDON}).
   *
   * <p>The child exists when this method returns, also if the handler then throws. It does not end
   * with this task: wait for it with {@link #awaitChild} if its end matters.
   *
   * @param request what to start, without an id or an idempotency key; the same in each attempt
   * @throws InvalidInputException as {@link dev.waymark.runner.Runner#start(StartRequest)}; also
   *     when the name is empty, the request has an execution id, or the child would have more than
   *     {@code maxDepth} ancestors
   * @throws dev.waymark.core.conflict.ConflictException when an earlier attempt has started another
   *     request under this name
   * @throws dev.waymark.core.conflict.IllegalTransitionException when this task has ended, or its
   *     execution is being cancelled and the policy is {@code CANCEL}
   */
  ExecutionId child(String name, StartRequest request, ChildPolicy policy);

  /** The same for the latest revision of a workflow, with a payload as its input, or null. */
  default ExecutionId child(
      String name, WorkflowId workflow, @Nullable Payload input, ChildPolicy policy) {
    return child(name, StartRequest.builder(workflow).input(input).build(), policy);
  }

  /**
   * Returns a child that has ended, in any state: this task decides what that means. If the child
   * has not ended, the method returns null, and the task waits for its end, without a worker, when
   * the handler has returned. The next attempt then calls this method again, and gets the child.
   *
   * <pre>{@code
   * TaskHandler handler =
   *     context -> {
   *       ExecutionId id = context.child("scan", StartRequest.of(workflow), ChildPolicy.CANCEL);
   *       ChildExecution scan = context.awaitChild(id, Duration.ofHours(1));
   *       if (scan == null) {
   *         return; // The next attempt starts when the child has ended, or the hour is over.
   *       }
   *       context.output("scanned", scan.state().name());
   *     };
   * }</pre>
   *
   * <p>If the handler throws, the task does not wait. A later call that returns null replaces an
   * earlier one. To wait for several children, wait for one after the other.
   *
   * @param child a child of this execution, which any of its tasks may have started
   * @param timeout how long after the start of the child the task waits at most; then the child is
   *     returned although it has not ended, and it goes on. Null waits without an end
   * @throws InvalidInputException when this is no child of this execution, or the time is negative
   *     or too long
   */
  @Nullable ChildExecution awaitChild(ExecutionId child, @Nullable Duration timeout);

  /** The same, without a time-out. */
  default @Nullable ChildExecution awaitChild(ExecutionId child) {
    return awaitChild(child, null);
  }

  /**
   * The result that an earlier attempt of this iteration has set before it waited; null if none
   * has. A task that waits several times keeps there what it has done so far.
   */
  @Nullable Payload saved();

  /** The same as a value, by the codec of the runner; null if no attempt has set any. */
  <T> @Nullable T saved(Class<T> type);

  /** As {@link #again(Object)}, without an input. */
  void again();

  /**
   * Lets the task run again when the handler has returned: its next iteration, which is a task run
   * of its own, with its own attempts, retries, result and log. The store records the end of this
   * iteration and the creation of the next one in one commit.
   *
   * <p>The task ends with its last iteration, in which the handler does not call this method. Tasks
   * that need it wait for that, and receive the result of the last iteration. If the handler
   * throws, the attempt has failed and there is no next iteration. After a cancellation, a time-out
   * or the failure of another task, the next iteration does not start.
   *
   * <p>The iterations count as task runs of the execution. If there are more than the limit {@code
   * maxTaskRuns} of the store permits, the task fails.
   *
   * <pre>{@code
   * TaskHandler count =
   *     context -> {
   *       Integer before = context.iterationInput(Integer.class);
   *       int sum = (before == null ? 0 : before) + context.iteration();
   *       if (context.iteration() < 5) {
   *         context.again(sum);
   *       } else {
   *         context.setResult(sum);
   *       }
   *     };
   * }</pre>
   *
   * @param input what {@link #iterationInput()} returns in the next iteration: a {@link Payload} as
   *     it is, any other value by the codec of the runner
   * @throws InvalidInputException when the runner has no codec that maps the value, or this is
   *     iteration {@link TaskId#MAX_ITERATION}
   */
  void again(Object input);

  /**
   * What the iteration before this one has passed to {@link #again(Object)}. Null in the first
   * iteration, and if there was no input.
   */
  @Nullable Payload iterationInput();

  /**
   * The same as a value, by the codec of the runner; null if there is none.
   *
   * @throws InvalidInputException when it is no value of this type, or the runner has no codec
   */
  <T> @Nullable T iterationInput(Class<T> type);

  /**
   * Ends the execution when the handler has returned, and continues it as a new one, which has an
   * input and a history of its own: for a workflow that never ends, or that would have too many
   * task runs. The store does both in one commit ({@link
   * dev.waymark.core.store.Change.ContinueExecution}): signals that are kept go to the new one, a
   * parent waits for it, and each of the two names the other.
   *
   * <p>This task must be the last one: the attempt fails, without a retry, when another task has
   * not ended or begins after it. If an earlier task has failed, or the execution is cancelled or
   * out of time, it ends so, and is not continued. If it is paused, the attempt was in vain, and
   * the task runs again after the pause. If the handler throws, the execution does not continue. Of
   * several calls of this method, {@link #sleep}, {@link #awaitSignal}, {@link #awaitChild} and
   * {@link #again}, only the last one counts.
   *
   * @param request what to start, without an execution id; {@link StartRequest#next} begins one for
   *     the same workflow
   * @throws InvalidInputException as {@link dev.waymark.runner.Runner#start(StartRequest)}; also
   *     when the request has an execution id or repeats another execution
   * @throws dev.waymark.core.conflict.NotFoundException when there is no such workflow
   */
  void continueAs(StartRequest request);

  /**
   * The same for the latest revision of the same workflow, with the labels, the directory and the
   * priority of this execution.
   *
   * <pre>{@code
   * TaskHandler poll =
   *     context -> {
   *       Integer before = context.input(Integer.class);
   *       if (before < 1000) {
   *         context.continueAsNew(before + 1);
   *       }
   *     };
   * }</pre>
   *
   * @param input the input of the next execution: a {@link Payload} as it is, any other value by
   *     the codec of the runner
   */
  void continueAsNew(Object input);

  /** Writes a line to the log of the attempt. */
  void log(String line);

  /** Whether the attempt must end. The thread has then been interrupted. */
  boolean isStopped();
}
