package dev.waymark.spring.internal.handler;

import dev.waymark.core.model.PayloadCodec;
import dev.waymark.runner.api.TaskContext;
import dev.waymark.runner.api.TaskHandler;
import dev.waymark.spring.internal.store.ConfigurationException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ReflectionUtils;

/** A method of a bean as the handler of a task. */
final class BeanHandler implements TaskHandler {
  private final Supplier<Object> owner;
  private final Method method;
  private final String shown;
  private final List<HandlerParameter> parameters;

  /** Bean and method that is called; null until the first use. */
  private volatile @Nullable Target target;

  private record Target(Object bean, Method method) {}

  BeanHandler(
      String name,
      Supplier<Object> owner,
      Class<?> type,
      Method method,
      @Nullable PayloadCodec codec) {
    this.owner = owner;
    this.method = method;
    this.shown =
        type.getName()
            + "."
            + method.getName()
            + Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", ", "(", ")"));
    if (name.isBlank()) {
      throw new ConfigurationException(
          shown + " has no name", "Write the name of uses: into @WaymarkHandler(\"…\")");
    }
    checkResult(method, codec);
    HandlerParameter.Reader reader = new HandlerParameter.Reader(shown, codec);
    this.parameters =
        Arrays.stream(method.getParameters())
            .map(each -> reader.read(each, MethodParameter.forParameter(each)))
            .toList();
  }

  private void checkResult(Method handler, @Nullable PayloadCodec codec) {
    Class<?> result = handler.getReturnType();
    if (Future.class.isAssignableFrom(result)
        || CompletionStage.class.isAssignableFrom(result)
        || ReactiveAdapterRegistry.getSharedInstance().getAdapter(result) != null) {
      throw new ConfigurationException(
          shown + " returns " + result.getName() + ", but the attempt ends when the method returns",
          "Wait for the value in the method, and return it");
    }
    if (result != void.class && result != Void.class) {
      HandlerParameter.requireCodec(shown + " returns " + result.getSimpleName(), result, codec);
    }
  }

  String shown() {
    return shown;
  }

  /** Creates the bean, if that has not happened, and finds its method. */
  Target prepare() {
    Target found = target;
    if (found == null) {
      Object bean = owner.get();
      Method invocable = HandlerMethods.invocable(method, bean, shown);
      ReflectionUtils.makeAccessible(invocable);
      found = new Target(bean, invocable);
      target = found;
    }
    return found;
  }

  @Override
  public void run(TaskContext context) throws Exception {
    @Nullable Object[] arguments = new Object[parameters.size()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = parameters.get(i).value(context);
    }
    Object result = call(prepare(), arguments);
    if (result != null) {
      context.setResult(result);
    }
  }

  private static @Nullable Object call(Target target, @Nullable Object[] arguments)
      throws Exception {
    try {
      return target.method().invoke(target.bean(), arguments);
    } catch (InvocationTargetException e) {
      Throwable thrown = Objects.requireNonNull(e.getCause());
      if (thrown instanceof Error error) {
        throw error;
      }
      throw (Exception) thrown;
    }
  }
}
