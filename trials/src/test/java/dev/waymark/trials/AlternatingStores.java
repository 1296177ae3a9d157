package dev.waymark.trials;

import dev.waymark.core.store.StateStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Several stores on one database, used as one: each call goes to one of them, mostly to the one
 * before. What one of them has cached, another has changed in between. A commit that does not wait
 * goes to the one before, because each store guarantees the order of such commits only for itself.
 */
final class AlternatingStores {
  private final List<StateStore> stores;
  private final SplittableRandom random;
  private StateStore current;

  private AlternatingStores(List<StateStore> stores, long seed) {
    this.stores = stores;
    this.random = new SplittableRandom(seed);
    this.current = stores.get(0);
  }

  /** These as one store; the seed determines which one is called. */
  static StateStore of(List<StateStore> stores, long seed) {
    AlternatingStores turns = new AlternatingStores(stores, seed);
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
