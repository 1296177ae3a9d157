package dev.waymark.spring.internal.run;

import dev.waymark.runner.Runner;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Works on executions from the moment when the application is ready until it stops. It starts in
 * the last phase and stops in the first one, so handlers find everything else running.
 *
 * <p>When the application stops, the runner claims nothing new, and its attempts may end within the
 * drain time-out. Then it stops those that are left; the next worker continues their tasks.
 */
public final class RunnerLifecycle implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(RunnerLifecycle.class);

  private final Runner runner;
  private final Duration drain;
  private @Nullable Thread worker;
  private boolean stopped;
  private volatile @Nullable Throwable failure;

  /**
   * Gives a runner the life of the application.
   *
   * @param drain how long its attempts may take to end
   */
  public RunnerLifecycle(Runner runner, Duration drain) {
    this.runner = runner;
    this.drain = drain;
  }

  /** The thread is no daemon, so an application that only works on executions stays alive. */
  @Override
  public synchronized void start() {
    if (stopped) {
      throw new IllegalStateException(
          "the Waymark runner of this application context has stopped and cannot start again;"
              + " create another application context");
    }
    if (worker == null) {
      worker = new Thread(this::work, "waymark-worker");
      worker.setDaemon(false);
      worker.start();
      LOG.info("Waymark worker {} works on executions", runner.worker());
    }
  }

  private void work() {
    try {
      runner.work(false);
    } catch (RuntimeException | Error e) {
      failure = e;
      if (isStopped()) {
        LOG.warn("Waymark worker {} could not record all that it did", runner.worker(), e);
      } else {
        LOG.error("Waymark worker {} has failed; restart the application", runner.worker(), e);
      }
    }
  }

  private synchronized boolean isStopped() {
    return stopped;
  }

  /** Why the worker has ended although the application runs; null when it works. */
  public @Nullable Throwable failure() {
    return failure;
  }

  @Override
  public void stop(Runnable callback) {
    Thread stopping =
        new Thread(
            () -> {
              try {
                stop();
              } finally {
                callback.run();
              }
            },
            "waymark-stop");
    stopping.setDaemon(true);
    stopping.start();
  }

  @Override
  public void stop() {
    synchronized (this) {
      stopped = true;
    }
    LOG.info(
        "Waymark worker {} claims nothing new; its attempts have {} ms to end",
        runner.worker(),
        drain.toMillis());
    Thread drainer = new Thread(runner::drain, "waymark-drain");
    drainer.setDaemon(true);
    drainer.start();
    if (!hasEnded(drainer)) {
      LOG.warn(
          "attempts of Waymark worker {} did not end within {} ms and are stopped; another worker"
              + " continues their tasks",
          runner.worker(),
          drain.toMillis());
    }
    runner.stop();
    LOG.info("Waymark worker {} has stopped", runner.worker());
  }

  private boolean hasEnded(Thread drainer) {
    try {
      drainer.join(Math.max(1, drain.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !drainer.isAlive();
  }

  @Override
  public synchronized boolean isRunning() {
    return worker != null && !stopped;
  }

  /** Spring 7 pauses contexts of tests, and starts them again; a runner cannot do that. */
  @SuppressWarnings("MissingOverride") // Spring 6 has no such method.
  public boolean isPauseable() {
    return false;
  }
}
