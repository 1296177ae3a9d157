/**
 * The engine behind {@link dev.waymark.runner.Runner}. Nothing here is for callers, and all of it
 * may change.
 *
 * <p>From the bottom:
 *
 * <ul>
 *   <li>Processes: {@code ProcessGroups}, {@code ShellCommand} and {@code TaskProcess} start one
 *       script in a process group of its own and end the group whole; {@code HandlerCall} does the
 *       same for a handler in Java.
 *   <li>Attempts: {@code LocalAttempts} are those that run here, with their leases ({@code
 *       Heartbeat}) and logs ({@code LogShipper}); {@code AbandonedAttempts} those that a worker
 *       which is gone has left behind.
 *   <li>The picture: {@code Job} and {@code Node} are what is known of one execution, {@code Jobs}
 *       all that are in hand. A {@code Step} is one change set over a job, {@code Settlement} says
 *       what follows from how a task ended, and {@code Settler} records it.
 *   <li>What happens to it: {@code ClaimStarter} starts what was claimed, {@code EndRecorder}
 *       records how it ended, {@code Recovery} takes up what is due or was left behind, and {@code
 *       ExecutionWatch} keeps up with what others change.
 *   <li>The thread: {@code Coordinator} is the one thread that decides. {@code WorkSearch} claims
 *       for it, and {@code Requests} are the callers who wait.
 * </ul>
 *
 * <p>The last three rooms belong to the coordinator's thread and lock nothing.
 */
@NullMarked
package dev.waymark.runner.internal;

import org.jspecify.annotations.NullMarked;
