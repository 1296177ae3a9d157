package dev.waymark.runner.api;

/**
 * Runs, in Java, a task that has {@code uses:}. {@code Runner.Builder#handler(String, TaskHandler)}
 * registers it under a name. It is called for several attempts at the same time, each on a thread
 * that runs no other handler meanwhile. The thread may run another handler afterwards, so a handler
 * removes the thread-local values that it sets.
 *
 * <p>When the handler returns, the attempt succeeds. When it throws, the exception becomes the
 * error of the attempt, and the retry rules of the task apply. When the attempt must end (it was
 * cancelled, took too long, lost its lease, or the worker stops), the thread is interrupted and
 * {@link TaskContext#isStopped} is true. The handler should then return soon, because the runner
 * cannot end it by force.
 *
 * <p>For example:
 *
 * <pre>{@code
 * TaskHandler charge = context -> context.output("paid", context.with().get("amount"));
 * Runner.Builder builder = Runner.builder(store).handler("charge", charge);
 * }</pre>
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface TaskHandler {

  /**
   * Runs one attempt.
   *
   * @throws Exception when the attempt has failed
   */
  void run(TaskContext context) throws Exception;

  /**
   * A handler that receives the arguments of {@code with:} as a record of the caller.
   *
   * @param <A> the record
   */
  @FunctionalInterface
  interface Typed<A extends Record> {

    /**
     * Runs one attempt.
     *
     * @throws Exception when the attempt has failed
     */
    void run(A arguments, TaskContext context) throws Exception;
  }
}
