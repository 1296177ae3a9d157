package dev.waymark.worker.api;

/**
 * Decides what follows in an execution: the graph of the program.
 *
 * <p>The worker calls it when an attempt has ended, when an execution is submitted or resumed, and
 * when a time-out has passed. What it decides becomes durable together with the end of the attempt,
 * or not at all.
 *
 * <p><b>It decides by states.</b> It may be called several times for the same event: when other
 * workers have changed the execution meanwhile, when a commit was refused, or after a crash. So it
 * must depend only on the {@link Progress}, have no effects of its own, and return soon. {@link
 * Plan#run} for a task that has begun already does nothing, so a decision that is made twice has
 * the effect of one.
 *
 * <p>Calls for different executions run at the same time. Calls of one worker for one execution do
 * not.
 *
 * <p>If it throws, the end of the attempt is recorded without it, and the execution is examined
 * again after a delay.
 *
 * <pre>{@code
 * Next next =
 *     (progress, plan) -> {
 *       plan.run("reserve");
 *       if (progress.succeeded("reserve")) {
 *         plan.run("charge", progress.result("reserve"));
 *       }
 *       if (progress.failed("charge")) {
 *         plan.fail("the card was declined");
 *       } else if (progress.succeeded("charge")) {
 *         plan.succeed(progress.result("charge"));
 *       }
 *     };
 * }</pre>
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Next {

  /**
   * Decides what follows.
   *
   * @param progress the execution, RUNNING or PENDING, as it will be once the end of the attempt is
   *     recorded
   * @param plan receives the decisions
   * @throws Exception when it cannot decide
   */
  void decide(Progress progress, Plan plan) throws Exception;

  /**
   * Ends an execution when all of its task runs have ended: it succeeds if all of them have
   * succeeded or were skipped, and fails otherwise. It starts nothing. An execution without task
   * runs stays as it is.
   */
  static Next whenAllEnded() {
    return (progress, plan) -> {
      if (progress.isFinished() && progress.isBroken()) {
        plan.fail(progress.failures());
      } else if (progress.isFinished()) {
        plan.succeed();
      }
    };
  }
}
