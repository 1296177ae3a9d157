package dev.waymark.runner;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.StateStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Forwards every call to a real store, and makes some commits fail as if the store were
 * unreachable.
 */
final class FaultyStore {
  /** The number of commits that fail from now on. */
  final AtomicInteger failures = new AtomicInteger();

  private final StateStore store;
  private final boolean afterCommit;
  private final Predicate<ChangeSet> which;
  private final Supplier<RuntimeException> failure;

  private Runnable beforeClaim = () -> {};
  private Consumer<Claims> afterClaim = claims -> {};

  /**
   * Creates faults for a store.
   *
   * @param afterCommit whether the commit is made and only its answer is lost
   * @param which the commits that may fail
   */
  FaultyStore(StateStore store, boolean afterCommit, Predicate<ChangeSet> which) {
    this(
        store,
        afterCommit,
        which,
        () -> new StoreUnavailableException("broken on purpose by a test", null));
  }

  /** Creates faults other than an unreachable store. */
  FaultyStore(
      StateStore store,
      boolean afterCommit,
      Predicate<ChangeSet> which,
      Supplier<RuntimeException> failure) {
    this.store = store;
    this.afterCommit = afterCommit;
    this.which = which;
    this.failure = failure;
  }

  /** Runs an action before each claim. */
  FaultyStore beforeClaims(Runnable action) {
    beforeClaim = action;
    return this;
  }

  /** Runs an action after each claim, before its answer is returned. */
  FaultyStore afterClaims(Consumer<Claims> action) {
    afterClaim = action;
    return this;
  }

  StateStore asStore() {
    return (StateStore)
        Proxy.newProxyInstance(
            StateStore.class.getClassLoader(), new Class<?>[] {StateStore.class}, this::call);
  }

  private Object call(Object proxy, Method method, Object[] arguments) throws Throwable {
    boolean isClaim = method.getName().equals("claim");
    if (isClaim) {
      beforeClaim.run();
    }
    boolean isAsync = method.getName().equals("commitAsync");
    boolean fails =
        (isAsync || method.getName().equals("commit"))
            && which.test((ChangeSet) arguments[0])
            && failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    if (fails && !afterCommit) {
      return isAsync ? CompletableFuture.failedFuture(failure.get()) : doThrow(failure.get());
    }
    try {
      Object answer = method.invoke(store, arguments);
      if (fails) {
        RuntimeException unknown =
            new StoreUnavailableException("outcome unknown on purpose by a test", null);
        return isAsync
            ? ((CompletableFuture<?>) answer).handle((r, e) -> doThrow(unknown))
            : doThrow(unknown);
      }
      if (answer instanceof Claims claims) {
        afterClaim.accept(claims);
      }
      return answer;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static Object doThrow(RuntimeException error) {
    throw error;
  }
}
