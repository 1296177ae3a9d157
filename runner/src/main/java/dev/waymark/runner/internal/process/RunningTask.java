package dev.waymark.runner.internal.process;

import java.util.concurrent.CompletableFuture;

/** What an attempt does on this machine: a process with its group, or a handler on its thread. */
public interface RunningTask {

  /** Asks it to end, and ends it after the grace time. Returns at once. */
  void end();

  /** Ends it at once: nobody waits for its result. Returns at once. */
  void kill();

  /** Complete when nothing of it runs any more, as far as that is in our hands; never fails. */
  CompletableFuture<ProcessEnd> ended();
}
