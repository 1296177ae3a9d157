package dev.waymark.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A parameter of a {@link WaymarkHandler}: the result of a task that the task of the handler needs.
 * If that task has no result, the attempt fails, unless the parameter is an Optional.
 *
 * @since 0.1.0
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface ResultOf {

  /** The id of the task in the workflow. */
  String value();
}
