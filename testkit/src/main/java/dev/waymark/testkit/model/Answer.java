package dev.waymark.testkit.model;

import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.query.Page;
import dev.waymark.core.store.StateStore;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The result of an operation: a value, or an error with its type, its message and its refusals. Two
 * answers are equal only when all of these are equal.
 */
record Answer(
    @Nullable Object value, @Nullable String error, String message, List<Refusal> refusals) {

  static Answer of(Operation operation, StateStore store) {
    return of(() -> operation.putTo(store));
  }

  /** The answer of a call. */
  static Answer of(Supplier<@Nullable Object> call) {
    try {
      return new Answer(call.get(), null, "", List.of());
    } catch (RefusedException e) {
      return new Answer(null, e.getClass().getSimpleName(), message(e), e.refusals());
    } catch (RuntimeException e) {
      return new Answer(null, e.getClass().getSimpleName(), message(e), List.of());
    }
  }

  private static String message(RuntimeException e) {
    return String.valueOf(e.getMessage());
  }

  boolean isInvalidInput() {
    return InvalidInputException.class.getSimpleName().equals(error);
  }

  /** Whether it is a value or one of the errors that a caller must expect. */
  boolean isProper() {
    boolean isWhole = parts().stream().allMatch(Answer::isProper);
    return isWhole && (error == null || isInvalidInput() || !refusals.isEmpty());
  }

  /** The answers that it contains; empty for most operations. */
  List<Answer> parts() {
    return value instanceof List<?> list
        ? list.stream().filter(Answer.class::isInstance).map(Answer.class::cast).toList()
        : List.of();
  }

  /** The kind as one word, for counts: the error, or whether something was found. */
  String kind() {
    if (error != null) {
      return error;
    }
    Object probe = value instanceof List<?> list && !list.isEmpty() ? list.get(0) : value;
    if (probe instanceof Page<?> page && page.items().isEmpty()) {
      return page.total() > 0 ? "past the end" : "empty";
    }
    boolean isEmpty = value == null || (value instanceof Collection<?> all && all.isEmpty());
    return isEmpty ? "empty" : "found";
  }

  @Override
  public String toString() {
    return error == null ? String.valueOf(value) : error + ": " + message + " " + refusals;
  }
}
