package dev.waymark.cli.internal.command.base;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * A signal that this process takes from the virtual machine. Java has no interface of its own for
 * that but {@code sun.misc.Signal}, which is there on every virtual machine we know; it is reached
 * by reflection, since the compiler warns of it and cannot be told not to.
 */
final class SystemSignal implements AutoCloseable {
  private final Class<?> type;
  private final Class<?> handlerType;
  private final Object signal;
  private final Object before;

  private SystemSignal(String name, Runnable heard) throws ReflectiveOperationException {
    type = Class.forName("sun.misc.Signal");
    handlerType = Class.forName("sun.misc.SignalHandler");
    signal = type.getConstructor(String.class).newInstance(name);
    before = set(handler(heard));
    if (before.equals(handlerType.getField("SIG_IGN").get(null))) {
      set(before);
    }
  }

  /**
   * Does something, on a thread of its own, whenever the signal comes; null where there is no such
   * signal. One that the parent of this process has ignored stays so.
   */
  static @Nullable SystemSignal take(String name, Runnable heard) {
    try {
      return new SystemSignal(name, heard);
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null;
    }
  }

  private Object handler(Runnable heard) {
    InvocationHandler calls =
        (proxy, method, arguments) -> {
          if (method.getName().equals("handle")) {
            heard.run();
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
      // It was possible before; and the process is about to end.
    }
  }
}
