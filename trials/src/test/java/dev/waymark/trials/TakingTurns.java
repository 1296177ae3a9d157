package dev.waymark.trials;

import dev.waymark.core.store.StateStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Several stores upon one database, as one: each call goes to one of them, mostly the one before.
 * What one of them remembers, another has changed in between. A commit that does not wait goes to
 * the one before: the order of such commits is promised by each store for itself.
 */
final class TakingTurns {
  private final List<StateStore> stores;
  private final SplittableRandom random;
  private StateStore current;

  private TakingTurns(List<StateStore> stores, long seed) {
    this.stores = stores;
    this.random = new SplittableRandom(seed);
    this.current = stores.get(0);
  }

  /** These as one store; whose turn it is comes from the seed. */
  static StateStore of(List<StateStore> stores, long seed) {
    TakingTurns turns = new TakingTurns(stores, seed);
    return (StateStore)
        Proxy.newProxyInstance(
            StateStore.class.getClassLoader(),
            new Class<?>[] {StateStore.class},
            (proxy, method, arguments) -> {
              try {
                return method.invoke(turns.next(method.getName()), arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private StateStore next(String method) {
    if (!method.equals("commitAsync") && random.nextInt(4) == 0) {
      current = stores.get(random.nextInt(stores.size()));
    }
    return current;
  }
}
