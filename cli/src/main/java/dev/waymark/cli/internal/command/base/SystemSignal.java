package dev.waymark.cli.internal.command.base;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * A signal that this process handles instead of the virtual machine. Java has no standard API for
 * this. {@code sun.misc.Signal} exists on every virtual machine we know; it is called by
 * reflection, because the compiler warns about it and the warning cannot be suppressed.
 */
final class SystemSignal implements AutoCloseable {
  private final Class<?> type;
  private final Class<?> handlerType;
  private final Object signal;
  private final Object before;

  private SystemSignal(String name, Runnable action) throws ReflectiveOperationException {
    type = Class.forName("sun.misc.Signal");
    handlerType = Class.forName("sun.misc.SignalHandler");
    signal = type.getConstructor(String.class).newInstance(name);
    before = set(handler(action));
    if (before.equals(handlerType.getField("SIG_IGN").get(null))) {
      set(before);
    }
  }

  /**
   * Runs an action, on a separate thread, whenever the signal is received. Returns null if the
   * system does not have the signal. A signal that the parent process ignores stays ignored.
   */
  static @Nullable SystemSignal take(String name, Runnable action) {
    try {
      return new SystemSignal(name, action);
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null;
    }
  }

  private Object handler(Runnable action) {
    InvocationHandler calls =
        (proxy, method, arguments) -> {
          if (method.getName().equals("handle")) {
            action.run();
            return null;
          }
          return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "SystemSignal " + signal;
          };
        };
    return Proxy.newProxyInstance(
        SystemSignal.class.getClassLoader(), new Class<?>[] {handlerType}, calls);
  }

  private Object set(Object handler) throws ReflectiveOperationException {
    return type.getMethod("handle", type, handlerType).invoke(null, signal, handler);
  }

  @Override
  public void close() {
    try {
      set(before);
    } catch (ReflectiveOperationException e) {
      // This succeeded before, and the process is about to end.
    }
  }
}
