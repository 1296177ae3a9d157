package dev.waymark.core.query;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * A condition on one label of an execution, for what {@link ExecutionQuery.Builder#label(String,
 * String)} cannot express. An execution without the label does not match. Text is compared
 * character by character: case matters, and no character is a wildcard.
 *
 * <p>The executions of two teams whose run began with the letters "nightly-":
 *
 * <pre>{@code
 * ExecutionQuery query =
 *     ExecutionQuery.builder()
 *         .label(LabelCondition.anyOf("team", Set.of("data", "infra")))
 *         .label(LabelCondition.startsWith("run", "nightly-"))
 *         .build();
 * }</pre>
 *
 * @since 0.1.0
 */
public sealed interface LabelCondition {

  /** The name of the label. */
  String name();

  /**
   * The execution has the label, with any value.
   *
   * @throws InvalidInputException when the name contains NUL or a lone surrogate
   */
  static LabelCondition exists(String name) {
    return new Exists(name);
  }

  /**
   * The execution has the label with one of these values.
   *
   * @throws InvalidInputException when there is no value or more than {@link AnyOf#MAX_VALUES}, or
   *     a text contains NUL or a lone surrogate
   */
  static LabelCondition anyOf(String name, Set<String> values) {
    return new AnyOf(name, values);
  }

  /**
   * The execution has the label with a value that begins with this text. Every value begins with
   * the empty text.
   *
   * @throws InvalidInputException when a text contains NUL or a lone surrogate
   */
  static LabelCondition startsWith(String name, String prefix) {
    return new StartsWith(name, prefix);
  }

  /**
   * The label exists.
   *
   * @param name the name of the label
   */
  record Exists(String name) implements LabelCondition {
    /** Checks the name. */
    public Exists {
      Text.wellFormed("label name", name);
    }
  }

  /**
   * The value is one of several.
   *
   * @param name the name of the label
   * @param values the values, from 1 to {@link #MAX_VALUES}; a store rejects a value over {@code
   *     Limits.maxLabelValueBytes()}
   */
  record AnyOf(String name, Set<String> values) implements LabelCondition {
    /** Maximum number of values. */
    public static final int MAX_VALUES = 1_000;

    /** Checks the texts, and keeps an unmodifiable copy of the values. */
    public AnyOf {
      Text.wellFormed("label name", name);
      values = Collections.unmodifiableSet(new TreeSet<>(values));
      String what = "label " + Text.quote(name);
      values.forEach(value -> Text.wellFormed(what, value));
      if (values.isEmpty() || values.size() > MAX_VALUES) {
        throw new InvalidInputException(
            what
                + " is compared with "
                + values.size()
                + " values; give 1 to "
                + MAX_VALUES
                + ", or ask only whether the label exists");
      }
    }
  }

  /**
   * The value begins with a text.
   *
   * @param name the name of the label
   * @param prefix the beginning of the value; a store rejects one over {@code
   *     Limits.maxLabelValueBytes()}
   */
  record StartsWith(String name, String prefix) implements LabelCondition {
    /** Checks the texts. */
    public StartsWith {
      Text.wellFormed("label name", name);
      Text.wellFormed("prefix of label " + Text.quote(name), prefix);
    }
  }
}
