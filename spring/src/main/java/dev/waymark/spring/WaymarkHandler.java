package dev.waymark.spring;

import dev.waymark.spring.internal.hints.HandlerHints;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * A method of a bean that runs the tasks with {@code uses:} this name. It is called for each
 * attempt, by several threads at the same time.
 *
 * <p>A parameter is one of these:
 *
 * <ul>
 *   <li>a class or record without an annotation: the input of the execution, mapped by the {@code
 *       PayloadCodec}; at most one parameter
 *   <li>{@link ResultOf}: the result of a task that this one needs
 *   <li>{@code dev.waymark.runner.api.TaskContext}: the attempt with its arguments, outputs and log
 *   <li>{@code dev.waymark.core.model.Payload} in place of a class: the bytes as they are stored
 *   <li>{@code java.util.Optional} of one of the first two: empty if there is no such payload
 * </ul>
 *
 * <p>The returned value becomes the result of the task. With {@code void} or null, the task has no
 * result, or the one that {@code TaskContext.setResult} has set. If the method throws an exception,
 * the attempt has failed, and the retry rules of the task apply. A method that cannot be called in
 * this way, or two methods with the same name, fail the start of the application.
 *
 * <pre>{@code
 * record Order(int id, String item) {}
 * record Receipt(String number) {}
 *
 * class Payments {
 *   @WaymarkHandler("charge")
 *   Receipt charge(Order order, TaskContext task) {
 *     return new Receipt("R-" + order.id() + "-" + task.attempt());
 *   }
 *
 *   @WaymarkHandler("ship")
 *   void ship(Order order, @ResultOf("charge") Receipt receipt) {}
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Reflective(HandlerHints.class)
public @interface WaymarkHandler {

  /** The name of the handler, as {@code uses:} has it. */
  String value();
}
