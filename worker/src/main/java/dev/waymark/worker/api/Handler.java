package dev.waymark.worker.api;

import dev.waymark.core.store.Claims;

/**
 * Does the work of one attempt.
 *
 * <p>The worker calls it on a thread that runs nothing else meanwhile, for several attempts at the
 * same time. So it must be thread-safe. What it does outside the store happens at least once: after
 * a crash, another worker runs the next attempt. {@link Context#idempotencyKey()} is the same for
 * all attempts of a task run.
 *
 * <p>When the attempt is no longer wanted (its lease is lost, its execution has ended, or the
 * worker is closed), the thread is interrupted. The handler should then return or throw soon.
 *
 * <pre>{@code
 * Handler greet =
 *     (claimed, context) -> {
 *       String task = claimed.taskRun().taskId().value();
 *       return Result.success(Payload.json("{\"done\": \"" + task + "\"}"));
 *     };
 * }</pre>
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Handler {

  /**
   * Runs one attempt.
   *
   * @param claimed the execution, the task run and the attempt
   * @param context what belongs to the attempt
   * @return how the attempt ends; never null
   * @throws Exception anything thrown, also an Error, is a {@link Result#failure} with its message
   */
  Result handle(Claims.Claimed claimed, Context context) throws Exception;
}
