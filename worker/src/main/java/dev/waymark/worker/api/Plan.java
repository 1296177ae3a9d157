package dev.waymark.worker.api;

import dev.waymark.core.model.Payload;
import dev.waymark.core.store.NewExecution;
import org.jspecify.annotations.Nullable;

/**
 * Receives the decisions of {@link Next} about one execution. They become durable with one change
 * set. Not thread-safe, and only valid during the call.
 *
 * <p>At most one of {@link #succeed}, {@link #continueAs}, {@link #fail} and {@link #cancel} may be
 * called, as the last call. It ends the execution at once. What has not ended is cancelled, also
 * attempts that are live: their results are refused, and their handlers are interrupted.
 *
 * <pre>{@code
 * Next next =
 *     (progress, plan) -> {
 *       plan.run("ship");
 *       if (progress.succeeded("ship")) {
 *         plan.succeed();
 *       }
 *     };
 * }</pre>
 *
 * @since 0.1.0
 */
public interface Plan {

  /** Runs a task without an input, as {@link #run(String, Payload)}. */
  default void run(String task) {
    run(task, null);
  }

  /**
   * Runs a task: creates its task run and makes it ready. Does nothing when the task run has begun,
   * waits or has ended; if it exists and is PENDING, makes it ready.
   *
   * @param task the id of the task, with the number of the iteration if it runs several times
   * @param input the input of a task run that does not exist yet, or null
   * @throws dev.waymark.core.error.InvalidInputException when the id is not valid
   */
  void run(String task, @Nullable Payload input);

  /**
   * Records that a task is not needed. Its task run is created if it does not exist. Does nothing
   * when it has begun or ended.
   */
  void skip(String task);

  /** Ends the execution as SUCCEEDED, without a result. */
  default void succeed() {
    succeed(null);
  }

  /** Ends the execution as SUCCEEDED, with this result, or null for none. */
  void succeed(@Nullable Payload result);

  /**
   * Ends the execution as SUCCEEDED, and continues it as a new one, in one commit ({@link
   * dev.waymark.core.store.Change.ContinueExecution}). An execution that would have too many task
   * runs goes on with a fresh one in this way. Signals that are kept go to the next one; it keeps
   * the parent of this one, for which a task run may wait.
   *
   * <pre>{@code
   * Next next =
   *     (progress, plan) -> {
   *       TaskId last = progress.newest("turn");
   *       if (last == null) {
   *         plan.run("turn", progress.execution().input());
   *       } else if (progress.succeeded(last.value())) {
   *         Payload state = progress.result(last.value());
   *         if (last.iteration() < 1_000) {
   *           plan.run(last.again().value(), state);
   *         } else {
   *           plan.continueAs(
   *               new NewExecution(
   *                   Ids.system().executionId(),
   *                   progress.execution().workflowId(),
   *                   null,
   *                   progress.execution().labels(),
   *                   state));
   *         }
   *       }
   *     };
   * }</pre>
   *
   * @param next the next execution, with an id that does not exist yet and without a parent
   */
  void continueAs(NewExecution next);

  /** Ends the execution as FAILED, with this error. */
  void fail(String error);

  /** Ends the execution as CANCELLED, with this error. */
  void cancel(String error);
}
