package dev.waymark.cli.internal.command.base;

import java.util.concurrent.CountDownLatch;

/**
 * While it is open, SIGINT, SIGTERM and SIGHUP run an action and then end the process with the
 * conventional exit code of the signal (130, 143, 129).
 */
public final class StopOnSignal implements AutoCloseable {
  private final Thread hook;
  private final CountDownLatch signalled = new CountDownLatch(1);

  /** Runs this action when a signal is received. The action must terminate. */
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
   * Never returns after a signal: the process is about to end, and an interrupted command must not
   * report a result.
   */
  public void waitIfSignalled() {
    while (signalled.getCount() == 0) {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        // Wait until the process ends.
      }
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending and the hook is running: the code after this call must not run.
      signalled.countDown();
      waitIfSignalled();
    }
  }
}
