package dev.waymark.runner.internal.handler;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Durations;
import dev.waymark.core.internal.Text;
import dev.waymark.core.internal.Words;
import dev.waymark.runner.api.TaskHandler;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Converts the arguments that a task gives to its handler to a record. A component {@code maxRows}
 * receives the argument {@code max-rows} or {@code maxRows}. A component of type Optional may be
 * missing.
 */
public final class Arguments {
  private Arguments() {}

  /**
   * Returns a handler that receives its arguments as a record.
   *
   * @throws InvalidInputException when a component has a type that cannot be parsed from text
   */
  public static <A extends Record> TaskHandler bound(Class<A> type, TaskHandler.Typed<A> handler) {
    check(type);
    return context -> handler.run(bind(type, context.with()), context);
  }

  /**
   * Checks, when a handler is registered, whether a record can be created from arguments.
   *
   * @throws InvalidInputException when a component has a type that cannot be parsed from text
   */
  public static void check(Class<? extends Record> type) {
    for (RecordComponent component : type.getRecordComponents()) {
      if (!isKnown(valueType(component))) {
        throw new InvalidInputException(
            "component "
                + component.getName()
                + " of "
                + type.getName()
                + " has type "
                + component.getGenericType().getTypeName()
                + "; use String, int, long, double, boolean, Duration, Path, an enum, or Optional of one of them");
      }
    }
  }

  /**
   * Returns the record.
   *
   * @throws InvalidInputException when an argument is missing, unknown, or not of its type
   */
  public static <A extends Record> A bind(Class<A> type, Map<String, String> with) {
    RecordComponent[] components = type.getRecordComponents();
    Set<String> unknown = new HashSet<>(with.keySet());
    @Nullable Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String key = key(components[i], with);
      unknown.remove(key);
      values[i] = value(components[i], key, with.get(key));
    }
    if (!unknown.isEmpty()) {
      List<String> known = Arrays.stream(components).map(each -> kebab(each.getName())).toList();
      String name = unknown.iterator().next();
      String nearest = Words.nearest(name, known);
      throw new InvalidInputException(
          "\"with\" has an argument "
              + Text.quote(name)
              + " that the handler does not know; "
              + (nearest == null
                  ? "it takes " + String.join(", ", known)
                  : "did you mean " + Text.quote(nearest) + "?"));
    }
    return construct(type, components, values);
  }

  private static String key(RecordComponent component, Map<String, String> with) {
    String kebab = kebab(component.getName());
    return with.containsKey(kebab) ? kebab : component.getName();
  }

  private static String kebab(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }

  private static Object value(RecordComponent component, String key, @Nullable String text) {
    boolean optional = component.getType() == Optional.class;
    if (text == null && !optional) {
      throw new InvalidInputException(
          "\"with\" lacks the argument " + Text.quote(kebab(component.getName())) + "; add it");
    }
    if (text == null) {
      return Optional.empty();
    }
    Object value;
    try {
      value = convert(valueType(component), text);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(
          "argument "
              + Text.quote(key)
              + " of \"with\" is "
              + Text.quote(text)
              + ", which is not "
              + expected(valueType(component)));
    }
    return optional ? Optional.of(value) : value;
  }

  private static Class<?> valueType(RecordComponent component) {
    Type type = component.getGenericType();
    if (component.getType() == Optional.class
        && type instanceof ParameterizedType generic
        && generic.getActualTypeArguments()[0] instanceof Class<?> argument) {
      return argument;
    }
    return component.getType();
  }

  private static boolean isKnown(Class<?> type) {
    return type.isEnum()
        || Set.of(
                String.class,
                int.class,
                Integer.class,
                long.class,
                Long.class,
                double.class,
                Double.class,
                boolean.class,
                Boolean.class,
                Duration.class,
                Path.class)
            .contains(type);
  }

  private static Object convert(Class<?> type, String text) {
    if (type == String.class) {
      return text;
    } else if (type == int.class || type == Integer.class) {
      return Integer.valueOf(text);
    } else if (type == long.class || type == Long.class) {
      return Long.valueOf(text);
    } else if (type == double.class || type == Double.class) {
      return Double.valueOf(text);
    } else if (type == Path.class) {
      return Path.of(text);
    }
    return convertWord(type, text);
  }

  private static Object convertWord(Class<?> type, String text) {
    @Nullable Object value;
    if (type == Duration.class) {
      value = Durations.parse(text);
    } else if (type == boolean.class || type == Boolean.class) {
      value = text.equals("true") ? Boolean.TRUE : text.equals("false") ? Boolean.FALSE : null;
    } else {
      value =
          Arrays.stream(type.getEnumConstants())
              .filter(constant -> ((Enum<?>) constant).name().equalsIgnoreCase(text))
              .findFirst()
              .orElse(null);
    }
    if (value == null) {
      throw new IllegalArgumentException(text);
    }
    return value;
  }

  private static String expected(Class<?> type) {
    if (type == Duration.class) {
      return "a duration such as 2s or 1h30m";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type.isEnum()) {
      return "one of "
          + String.join(
              ", ",
              Arrays.stream(type.getEnumConstants())
                  .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                  .toList());
    }
    return type == Path.class ? "a path" : "a number within the range of " + type.getSimpleName();
  }

  private static <A extends Record> A construct(
      Class<A> type, RecordComponent[] components, @Nullable Object[] values) {
    try {
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Constructor<A> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw new InvalidInputException("the handler refuses its arguments: " + e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new InvalidInputException(
          "record " + type.getName() + " cannot be made: " + e.getMessage() + "; open its package");
    }
  }
}
