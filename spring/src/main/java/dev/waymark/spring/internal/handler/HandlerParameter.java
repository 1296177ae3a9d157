package dev.waymark.spring.internal.handler;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadCodec;
import dev.waymark.runner.api.TaskContext;
import dev.waymark.spring.ResultOf;
import dev.waymark.spring.internal.store.ConfigurationException;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;

/** Where the value of one parameter of a handler comes from. */
@FunctionalInterface
interface HandlerParameter {
  /** The value for this attempt. */
  @Nullable Object value(TaskContext context);

  /** Reads the parameters of one method. */
  final class Reader {
    private static final String ALLOWED =
        "A parameter is a TaskContext, the input of the execution (one class, record or Payload),"
            + " or @ResultOf(\"task\") with the result of a task; the last two also as Optional";

    private final String method;
    private final @Nullable PayloadCodec codec;
    private @Nullable String input;

    Reader(String method, @Nullable PayloadCodec codec) {
      this.method = method;
      this.codec = codec;
    }

    HandlerParameter read(Parameter parameter, MethodParameter place) {
      ResultOf result = parameter.getAnnotation(ResultOf.class);
      if (parameter.getType() == TaskContext.class) {
        return context -> context;
      }
      boolean isOptional = parameter.getType() == Optional.class;
      ResolvableType declared = ResolvableType.forMethodParameter(place);
      Type type = isOptional ? declared.getGeneric(0).getType() : declared.getType();
      check(parameter, ResolvableType.forType(type).toClass());
      PayloadReader value = new PayloadReader(type, codec, isOptional);
      if (result != null) {
        return result(result.value(), parameter, value);
      }
      if (input != null) {
        throw new ConfigurationException(
            method
                + " has two parameters for the input of the execution, "
                + input
                + " and "
                + named(parameter),
            "Keep one of them, or write @ResultOf(\"task\") in front of the result of a task");
      }
      input = named(parameter);
      return context -> value.of("the execution has no input", context.input());
    }

    private HandlerParameter result(String task, Parameter parameter, PayloadReader value) {
      if (task.isBlank()) {
        throw new ConfigurationException(
            method + " has the parameter " + named(parameter) + " with @ResultOf without a task",
            "Write the id of the task into @ResultOf(\"…\")");
      }
      return context -> value.of("task " + task + " has no result", context.resultOf(task));
    }

    private void check(Parameter parameter, Class<?> type) {
      boolean isValue =
          type == Payload.class
              || Map.class.isAssignableFrom(type)
              || Collection.class.isAssignableFrom(type)
              || type.isArray()
              || type.isPrimitive()
              || !Modifier.isAbstract(type.getModifiers());
      if (!isValue || type == Object.class) {
        throw new ConfigurationException(
            method
                + " has the parameter "
                + named(parameter)
                + ", and no payload can be mapped to "
                + type.getName(),
            ALLOWED);
      }
      requireCodec(method + " has the parameter " + named(parameter), type, codec);
    }

    private static String named(Parameter parameter) {
      return parameter.getParameterizedType().getTypeName() + " " + parameter.getName();
    }
  }

  /** Refuses a value that is mapped when there is nothing that maps it. */
  static void requireCodec(String found, Class<?> type, @Nullable PayloadCodec codec) {
    if (codec == null && type != Payload.class) {
      throw new ConfigurationException(
          found + ", but there is no bean of type PayloadCodec that maps it",
          "Add Jackson to the application, for example by spring-boot-starter-json, declare a"
              + " bean of type PayloadCodec, or use Payload");
    }
  }

  /** Maps a payload to the type of a parameter. */
  record PayloadReader(Type type, @Nullable PayloadCodec codec, boolean isOptional) {
    Object of(String missing, @Nullable Payload payload) {
      if (payload == null && !isOptional) {
        throw new InvalidInputException(
            missing + "; make the parameter an Optional if that is possible");
      }
      Object value = payload == null ? null : mapped(payload);
      return isOptional ? Optional.ofNullable(value) : Objects.requireNonNull(value);
    }

    private Object mapped(Payload payload) {
      return type == Payload.class || codec == null ? payload : codec.decode(payload, type);
    }
  }
}
