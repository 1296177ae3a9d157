package dev.waymark.runner.api;

/**
 * Does in Java what a task with {@code uses:} asks for. It is registered under a name by {@code
 * Runner.Builder#handler(String, TaskHandler)} and called on a thread of its own for each attempt,
 * for several attempts at the same time.
 *
 * <p>A return is success; what it throws is the error of the attempt, which the retry rules of the
 * task then judge. When the attempt is to end (it was cancelled, took too long, lost its lease, or
 * the worker stops) the thread is interrupted and {@link TaskContext#isStopped} is true: it should
 * return soon, for nobody can end it by force.
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
   * The same with the arguments of {@code with:} as a record of the caller's.
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
