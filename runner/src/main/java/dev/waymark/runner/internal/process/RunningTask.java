package dev.waymark.runner.internal.process;

import java.util.concurrent.CompletableFuture;

/**
 * The running part of an attempt on this machine: a process with its group, or a handler on its
 * thread.
 */
public interface RunningTask {

  /** Asks it to end, and ends it after the grace period. Returns at once. */
  void end();

  /** Ends it at once, when its result is not needed. Returns at once. */
  void kill();

  /** Completes when nothing of it runs any more, or only what cannot be ended. Never fails. */
  CompletableFuture<ProcessEnd> ended();
}
