package dev.waymark.spring.internal.store;

import dev.waymark.core.store.StateStore;
import dev.waymark.jdbc.TransactionalStore;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The store as the application sees it. A call within a transaction of the calling thread becomes
 * part of that transaction, on its connection. Any other call is a transaction of the store.
 *
 * <p>A call within a transaction never takes a second connection of the pool. Threads that hold all
 * connections of the pool would otherwise wait for each other.
 */
public final class JoiningStore implements InvocationHandler {
  /** These belong to no transaction. */
  private static final Set<String> OUTSIDE = Set.of("onReady", "limits", "close", "within");

  private final StateStore store;
  private final CurrentTransaction current;

  private JoiningStore(StateStore store, CurrentTransaction current) {
    this.store = store;
    this.current = current;
  }

  /** Returns the store that joins the transactions which {@code current} finds. */
  public static TransactionalStore of(StateStore store, CurrentTransaction current) {
    return (TransactionalStore)
        Proxy.newProxyInstance(
            TransactionalStore.class.getClassLoader(),
            new Class<?>[] {TransactionalStore.class},
            new JoiningStore(store, current));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return ofObject(proxy, method, arguments);
    }
    if (method.getName().equals("within") && !(store instanceof TransactionalStore)) {
      throw new UnsupportedOperationException(
          "the store " + store.getClass().getName() + " cannot join a transaction of its caller");
    }
    if (OUTSIDE.contains(method.getName())
        || !(store instanceof TransactionalStore transactional)) {
      return call(store, method, arguments);
    }
    Connection connection = current.connection();
    if (connection == null) {
      return call(store, method, arguments);
    }
    try {
      return call(transactional.within(connection), method, arguments);
    } finally {
      current.release(connection);
    }
  }

  private @Nullable Object ofObject(Object proxy, Method method, Object @Nullable [] arguments) {
    return switch (method.getName()) {
      case "equals" -> arguments != null && arguments[0] == proxy;
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "the Waymark store of this application (" + store.getClass().getName() + ")";
    };
  }

  private static @Nullable Object call(
      StateStore target, Method method, Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }
}
