package dev.waymark.cli.internal.command.base;

import java.util.concurrent.CountDownLatch;

/**
 * While it is open, SIGINT, SIGTERM and SIGHUP first do something and then end the process, with
 * the exit code that the signal has by convention (130, 143, 129).
 */
public final class StopOnSignal implements AutoCloseable {
  private final Thread hook;
  private final CountDownLatch signalled = new CountDownLatch(1);

  /** Does this when a signal comes; it must come to an end by itself. */
  public StopOnSignal(Runnable stop) {
    hook =
        new Thread(
            () -> {
              signalled.countDown();
              stop.run();
            },
            "waymark-stop");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Never returns when a signal has come: the process is about to end, and an interrupted command
   * must not report a result.
   */
  public void waitIfSignalled() {
    while (signalled.getCount() == 0) {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        // There is nothing else to do until the process ends.
      }
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending: what the hook does is under way, and what comes after this must not
      // happen.
      signalled.countDown();
      waitIfSignalled();
    }
  }
}
