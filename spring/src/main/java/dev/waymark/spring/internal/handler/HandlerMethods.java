package dev.waymark.spring.internal.handler;

import dev.waymark.core.model.PayloadCodec;
import dev.waymark.runner.Runner;
import dev.waymark.spring.WaymarkHandler;
import dev.waymark.spring.internal.store.ConfigurationException;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;

/**
 * The methods with {@link WaymarkHandler} of all beans. They are found by the types of the beans,
 * without creating any: a bean with a handler may itself need the runner. The beans are created
 * when the application has all others, and before the runner works.
 */
public final class HandlerMethods implements SmartInitializingSingleton {
  private final ConfigurableListableBeanFactory beans;
  private final Map<String, BeanHandler> handlers = new TreeMap<>();

  /**
   * Finds and checks the methods.
   *
   * @param codec maps their parameters and results; null if there is none
   */
  public HandlerMethods(ConfigurableListableBeanFactory beans, @Nullable PayloadCodec codec) {
    this.beans = beans;
    for (String bean : beans.getBeanNamesForType(Object.class, false, false)) {
      Class<?> type = typeOf(bean);
      if (type != null && AnnotationUtils.isCandidateClass(type, WaymarkHandler.class)) {
        Class<?> user = ClassUtils.getUserClass(type);
        methodsOf(user).forEach((method, name) -> add(bean, user, method, name, codec));
      }
    }
  }

  private @Nullable Class<?> typeOf(String bean) {
    return ScopedProxyUtils.isScopedTarget(bean)
        ? null
        : AutoProxyUtils.determineTargetClass(beans, bean);
  }

  private static Map<Method, WaymarkHandler> methodsOf(Class<?> type) {
    return MethodIntrospector.selectMethods(
        type,
        (MethodIntrospector.MetadataLookup<WaymarkHandler>)
            method -> AnnotatedElementUtils.findMergedAnnotation(method, WaymarkHandler.class));
  }

  private void add(
      String bean,
      Class<?> type,
      Method method,
      WaymarkHandler annotation,
      @Nullable PayloadCodec codec) {
    Supplier<Object> owner = () -> beans.getBean(bean);
    BeanHandler handler = new BeanHandler(annotation.value(), owner, type, method, codec);
    BeanHandler other = handlers.putIfAbsent(annotation.value(), handler);
    if (other != null) {
      throw new ConfigurationException(
          "two methods handle the name \""
              + annotation.value()
              + "\": "
              + other.shown()
              + " and "
              + handler.shown(),
          "Give one of them another name in @WaymarkHandler");
    }
  }

  /** The names that they handle. */
  public Set<String> names() {
    return Set.copyOf(handlers.keySet());
  }

  /** Registers all of them with a runner. */
  public void registerWith(Runner.Builder builder) {
    handlers.forEach(builder::handler);
  }

  /** A bean that cannot be created or called fails the start, and not its first task. */
  @Override
  public void afterSingletonsInstantiated() {
    handlers.values().forEach(BeanHandler::prepare);
  }

  /** The method of the bean, which may be a proxy. */
  static Method invocable(Method method, Object bean, String shown) {
    try {
      return AopUtils.selectInvocableMethod(method, bean.getClass());
    } catch (IllegalStateException e) {
      throw new ConfigurationException(
          shown + " cannot be called through the proxy of its bean: " + e.getMessage(),
          "Make the method public, and declare it in an interface of the bean or use a proxy of"
              + " the class (spring.aop.proxy-target-class=true)");
    }
  }
}
