package dev.waymark.spring.internal.hints;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Optional;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.aot.hint.annotation.SimpleReflectiveProcessor;
import org.springframework.core.ResolvableType;

/** A handler method is called by reflection, and a codec maps its parameters and its result. */
public final class HandlerHints extends SimpleReflectiveProcessor {
  private final BindingReflectionHintsRegistrar binding = new BindingReflectionHintsRegistrar();

  /** Created by Spring, when it prepares a native image. */
  public HandlerHints() {}

  @Override
  protected void registerMethodHint(ReflectionHints hints, Method method) {
    super.registerMethodHint(hints, method);
    for (Type type : method.getGenericParameterTypes()) {
      bind(hints, type);
    }
    bind(hints, method.getGenericReturnType());
  }

  private void bind(ReflectionHints hints, Type type) {
    Type value =
        ResolvableType.forType(type).resolve() == Optional.class
            ? ResolvableType.forType(type).getGeneric(0).getType()
            : type;
    Class<?> raw = ResolvableType.forType(value).toClass();
    if (raw != void.class && !raw.getName().startsWith("dev.waymark.")) {
      binding.registerReflectionHints(hints, value);
    }
  }
}
