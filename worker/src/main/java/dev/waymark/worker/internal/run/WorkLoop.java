package dev.waymark.worker.internal.run;

import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.internal.Backoff;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.Subscription;
import dev.waymark.worker.internal.base.DaemonThreads;
import dev.waymark.worker.internal.base.Interval;
import dev.waymark.worker.internal.base.Signal;
import dev.waymark.worker.internal.claim.OpenWork;
import dev.waymark.worker.internal.claim.SentClaim;
import dev.waymark.worker.internal.lease.Workers;
import dev.waymark.worker.internal.setup.WorkerConfig;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of a worker that claims. It looks at the store when it has a free slot and the store
 * has sent a notification, when a slot becomes free, when something becomes ready, due or expired
 * ({@link Claims#next}), and at the latest after the poll interval. In between it waits.
 *
 * <p>While all slots are taken, notifications cause no claims; the polls still find executions that
 * are due.
 */
public final class WorkLoop {
  private static final Logger LOG = LoggerFactory.getLogger(WorkLoop.class);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final WorkerConfig config;
  private final ScheduledThreadPoolExecutor timer;
  private final Signal signal = new Signal();
  private final Attempts attempts;
  private final Examinations examinations;
  private final Interval looks;
  private final OpenWork openWork;
  private final Thread thread;
  private @Nullable Subscription notifications;
  private volatile boolean notified;
  private volatile boolean stopping;

  /** Creates a worker that does nothing yet. */
  public WorkLoop(WorkerConfig config) {
    this.config = config;
    this.timer = new ScheduledThreadPoolExecutor(1, new DaemonThreads("waymark-leases"));
    this.attempts = new Attempts(config, timer, signal);
    this.examinations = new Examinations(config, attempts);
    this.openWork = new OpenWork(config.store(), config.retries());
    this.looks = new Interval(config.pollInterval());
    this.thread = new DaemonThreads("waymark-worker").newThread(this::live);
  }

  /** Registers the worker, and starts to claim. */
  public void start() {
    Workers.opened(config.worker());
    try {
      config
          .retries()
          .call(
              () -> {
                attempts.begin();
                return true;
              });
    } catch (RuntimeException e) {
      release();
      throw e;
    }
    notifications = config.store().onReady(this::notified);
    thread.start();
  }

  /** Whether the worker claims. */
  public boolean isRunning() {
    return thread.isAlive() && !stopping;
  }

  private void notified() {
    notified = true;
    signal.set();
  }

  // ---- the thread

  private void live() {
    Backoff failures = Backoff.endless(FIRST_PAUSE, LONGEST_PAUSE);
    while (!stopping) {
      try {
        turn();
        failures.reset();
        signal.await(looks.nanosLeft());
      } catch (InterruptedException e) {
        LOG.debug("the thread of worker {} was interrupted; it goes on", config.worker(), e);
      } catch (IllegalStateException e) {
        LOG.error("worker {} stops: its store was closed before it", config.worker(), e);
        stopping = true;
      } catch (WaymarkException e) {
        goOn(e, failures);
      } catch (RuntimeException | Error e) {
        LOG.error("worker {} has failed; it goes on", config.worker(), e);
        goOn(e, failures);
      }
    }
  }

  private void goOn(Throwable e, Backoff failures) {
    long pause = failures.nextNanos();
    LOG.warn(
        "worker {} could not claim; it tries again in {} ms",
        config.worker(),
        TimeUnit.NANOSECONDS.toMillis(pause),
        e);
    looks.restart();
    looks.dueWithin(Duration.ofNanos(pause));
    try {
      signal.await(pause);
    } catch (InterruptedException again) {
      LOG.debug("the thread of worker {} was interrupted; it goes on", config.worker(), again);
    }
  }

  /** Claims until nothing more is found, or there is no free slot. */
  private void turn() {
    boolean isPoll = looks.isDue();
    if (isPoll) {
      attempts.watch();
    }
    boolean more = isPoll || attempts.free() > 0;
    while (more && !stopping) {
      notified = false;
      looks.restart();
      more = claim() && attempts.free() > 0;
    }
    lookFurther();
  }

  /** Returns whether there may be more to claim. */
  private boolean claim() {
    int places = Math.min(attempts.free(), config.store().limits().maxClaims());
    ClaimRequest request =
        new ClaimRequest(config.worker(), places, config.lease(), config.pools());
    SentClaim sent = SentClaim.of(request, config.store(), config.retries());
    Claims claims = sent.answer();
    claims.claimed().forEach(each -> attempts.start(each, sent.sentNanos()));
    claims.due().forEach(examinations::due);
    claims.expired().forEach(examinations::expired);
    wakeAfter(claims.next());
    wakeAfter(claims.nextExpiry());
    return notified || (places > 0 && claims.claimed().size() == places);
  }

  private void wakeAfter(@Nullable Duration pause) {
    if (pause != null) {
      looks.dueWithin(pause);
    }
  }

  /** Looks for work that a claim does not return. */
  private void lookFurther() {
    if (openWork.areLeasesDue() && !stopping) {
      examinations.abandoned(openWork.leases());
    }
    if (openWork.isStalledDue() && !stopping) {
      openWork.stalled(examinations::stalled);
    }
  }

  // ---- the end

  /**
   * Stops: claims nothing more, and waits for the attempts that are live. Then interrupts those
   * that are left, and gives up those whose handlers do not return. An interrupt of the calling
   * thread ends the first wait; the thread stays interrupted.
   */
  public void close() {
    if (attempts.isCalledByHandler()) {
      throw new IllegalStateException(
          "a handler may not close its worker, which waits for it; close it on another thread");
    }
    stopping = true;
    signal.set();
    if (notifications != null) {
      boolean interrupted = !awaitNone(config.drain());
      config.retries().stopSoon();
      attempts.stopAll();
      interrupted |= !awaitNone(config.grace());
      attempts.giveUpAll();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    examinations.close();
    release();
  }

  /**
   * Waits until the thread has ended and no attempt is live, or for this time. Returns false when
   * the calling thread was interrupted.
   */
  private boolean awaitNone(Duration time) {
    Interval rest = new Interval(time);
    rest.restart();
    try {
      long left = rest.nanosLeft();
      if (left > 0) {
        TimeUnit.NANOSECONDS.timedJoin(thread, left);
      }
      while (!attempts.isEmpty() && !rest.isDue()) {
        signal.await(rest.nanosLeft());
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void release() {
    if (notifications != null) {
      notifications.close();
    }
    attempts.close();
    timer.shutdown();
    Workers.closed(config.worker());
  }
}
