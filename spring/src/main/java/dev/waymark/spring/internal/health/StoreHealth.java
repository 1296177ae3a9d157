package dev.waymark.spring.internal.health;

import dev.waymark.core.store.StateStore;
import dev.waymark.spring.internal.run.RunnerLifecycle;
import dev.waymark.spring.internal.store.OpenedStore;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the store whether it answers, within a time-out: the store itself retries for longer. While
 * one question has no answer, no other one is asked.
 */
public final class StoreHealth {
  private final StateStore store;
  private final @Nullable OpenedStore opened;
  private final @Nullable RunnerLifecycle runner;
  private final Duration timeout;
  private @Nullable CompletableFuture<Map<String, Object>> asked;

  /**
   * The health of a store.
   *
   * @param opened what is known about the store; null if the application opened it itself
   * @param runner what works on the store here; null if nothing does
   */
  public StoreHealth(
      StateStore store,
      @Nullable OpenedStore opened,
      @Nullable RunnerLifecycle runner,
      Duration timeout) {
    this.store = store;
    this.opened = opened;
    this.runner = runner;
    this.timeout = timeout;
  }

  /**
   * What the store has answered.
   *
   * @param isUp whether store and worker are healthy
   * @param details what an operator needs to know, without secrets
   */
  public record Answer(boolean isUp, Map<String, Object> details) {}

  /** Asks the store. */
  @SuppressWarnings("InterruptedExceptionSwallowed") // It is part of the answer.
  public Answer ask() {
    Map<String, Object> details = new LinkedHashMap<>();
    if (opened != null) {
      details.put("store", opened.place());
      details.putAll(new TreeMap<>(opened.facts()));
    }
    boolean isUp = false;
    try {
      details.putAll(question().get(timeout.toMillis(), TimeUnit.MILLISECONDS));
      isUp = true;
    } catch (TimeoutException e) {
      details.put("error", "the store did not answer within " + timeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      details.put("error", said(e.getCause() == null ? e : e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      details.put("error", "the question was interrupted");
    }
    return new Answer(isUp && isWorking(details), details);
  }

  private boolean isWorking(Map<String, Object> details) {
    Throwable failure = runner == null ? null : runner.failure();
    if (runner != null) {
      details.put("worker", failure == null ? runner.isRunning() ? "works" : "stopped" : "failed");
    }
    if (failure != null) {
      details.put("error", "the worker has stopped: " + said(failure));
    }
    return failure == null;
  }

  private static String said(Throwable e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getName() : message;
  }

  private synchronized CompletableFuture<Map<String, Object>> question() {
    CompletableFuture<Map<String, Object>> open = asked;
    if (open == null || open.isDone()) {
      CompletableFuture<Map<String, Object>> next = new CompletableFuture<>();
      Thread thread = new Thread(() -> answer(next), "waymark-health");
      thread.setDaemon(true);
      thread.start();
      asked = next;
      return next;
    }
    return open;
  }

  private void answer(CompletableFuture<Map<String, Object>> question) {
    try {
      Map<String, Object> found = new LinkedHashMap<>();
      found.put("workersAlive", store.workers().size());
      BooleanSupplier writable = opened == null ? null : opened.writable();
      if (writable != null) {
        found.put("writable", writable.getAsBoolean());
      }
      Duration lag = store.replicaLag();
      if (lag != null) {
        found.put("replicaLagMillis", lag.toMillis());
      }
      question.complete(found);
    } catch (RuntimeException | Error e) {
      question.completeExceptionally(e);
    }
  }
}
