package dev.waymark.worker.api;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.StateStore;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to one attempt, for its handler. Thread-safe. Use it only until the handler returns.
 *
 * <pre>{@code
 * Handler handler =
 *     (claimed, context) -> {
 *       Payload input = context.input();
 *       context.setDetails(Payload.json("{\"percent\": 50}"));
 *       return context.isCancelled() ? Result.failure("stopped half-way") : Result.success(input);
 *     };
 * }</pre>
 *
 * @since 0.1.0
 */
public interface Context {

  /**
   * Reads the input of the task run from the store. The input of the execution is in {@code
   * claimed.execution().input()}.
   *
   * @return the input, or null when the task run has none
   */
  @Nullable Payload input();

  /**
   * Commits the details of the attempt, such as its progress. They replace the earlier ones.
   *
   * @throws dev.waymark.core.conflict.LeaseLostException when the attempt is no longer live
   * @throws dev.waymark.core.error.InvalidInputException when they are larger than {@code
   *     maxDetailBytes} of the store
   */
  void setDetails(Payload details);

  /** Whether the attempt is no longer wanted; its thread has then been interrupted. */
  boolean isCancelled();

  /**
   * A key that is the same for all attempts of the task run, and differs from those of all others.
   * Give it to other systems, so that they can recognize a repetition.
   */
  String idempotencyKey();

  /** The id of the task run, which is the parent of the children that the handler starts. */
  TaskRunId taskRunId();

  /**
   * The id of a child of this task run. The same name gives the same id in each attempt, so that
   * repeated attempts start the child once:
   *
   * <pre>{@code
   * Handler handler =
   *     (claimed, context) -> {
   *       ExecutionId child = context.childId("report");
   *       Worker.submit(
   *           context.store(),
   *           new NewExecution(child, workflow).childOf(context.taskRunId(), ChildPolicy.CANCEL));
   *       return context.store().execution(child).state().isTerminal()
   *           ? Result.success(context.store().payload(PayloadRef.resultOf(child)))
   *           : Result.waitForChild(child);
   *     };
   * }</pre>
   *
   * @throws dev.waymark.core.error.InvalidInputException when the name is empty, or not well-formed
   *     text
   */
  ExecutionId childId(String name);

  /** The store of the worker, for reads, and to start children. */
  StateStore store();
}
