package dev.waymark.runner.definition;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.runner.internal.base.OutputNames;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The condition under which a task runs after its needs have ended: the value of {@code if} in a
 * workflow file. It holds when its function holds for the states of the needs and all its
 * comparisons hold.
 *
 * @param kind the function over the final states of the needs
 * @param tests the comparisons of outputs, in the order of the file
 * @since 0.1.0
 */
public record Condition(Kind kind, List<OutputTest> tests) {
  /** All needs have succeeded: the condition of a task without {@code if}. */
  public static final Condition SUCCESS = new Condition(Kind.SUCCESS, List.of());

  /** The function of a condition over the final states of the needs. */
  public enum Kind {
    /** All needs succeeded, or there are none. */
    SUCCESS,
    /** At least one need failed; skipped and cancelled ones do not count. */
    FAILURE,
    /** Always holds. */
    ALWAYS;

    /** The function as written in a workflow file: {@code success()}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT) + "()";
    }
  }

  /**
   * A comparison of one output with a text, character by character.
   *
   * @param task the task that wrote the output
   * @param output the name of the output
   * @param equal whether the two must be equal, rather than differ
   * @param text the text to compare the output with
   */
  public record OutputTest(TaskId task, String output, boolean equal, String text) {
    /**
     * Checks name and text.
     *
     * @throws InvalidInputException when the name is not a valid output name, or the text is not
     *     well-formed
     */
    public OutputTest {
      OutputNames.check("output name", output);
      Text.wellFormed("the text of a condition", text);
    }

    private boolean holds(Map<TaskId, Map<String, String>> outputs) {
      String found = outputs.getOrDefault(task, Map.of()).getOrDefault(output, "");
      return found.equals(text) == equal;
    }

    /** The comparison as written in a workflow file. */
    @Override
    public String toString() {
      String quoted = "'" + text.replace("'", "''") + "'";
      return "needs." + task + ".outputs." + output + (equal ? " == " : " != ") + quoted;
    }
  }

  /**
   * The final state of a task that another one needs.
   *
   * @param task its id
   * @param state the state in which it ended
   * @param outputs its outputs, by name; empty unless it succeeded
   */
  public record Need(TaskId task, TaskRunState state, Map<String, String> outputs) {
    /** Keeps an unmodifiable copy of the outputs, in their order. */
    public Need {
      outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    }
  }

  /** Keeps an unmodifiable copy of the comparisons, in their order. */
  public Condition {
    tests = List.copyOf(tests);
  }

  /**
   * Parses a condition. It consists of terms joined by {@code &&}. At most one term is {@code
   * success()}, {@code failure()} or {@code always()}. Every other term compares an output of a
   * task with a text, such as {@code needs.extract.outputs.rows != '0'}. The whole condition may be
   * enclosed in <code>${{ }}</code>.
   *
   * @throws InvalidInputException when the text is not a condition; the message says what is
   *     allowed
   */
  public static Condition parse(String text) {
    return ConditionParser.parse(text);
  }

  /**
   * Returns whether the task may run. An output that was not written counts as the empty string.
   *
   * @param needs each direct need of the task; all of them have ended
   */
  public boolean holds(Collection<Need> needs) {
    Map<TaskId, Map<String, String>> outputs = new HashMap<>();
    needs.forEach(need -> outputs.put(need.task(), need.outputs()));
    return holdsOfStates(needs) && tests.stream().allMatch(test -> test.holds(outputs));
  }

  private boolean holdsOfStates(Collection<Need> needs) {
    return switch (kind) {
      case SUCCESS -> needs.stream().allMatch(need -> need.state() == TaskRunState.SUCCEEDED);
      case FAILURE -> needs.stream().anyMatch(need -> need.state() == TaskRunState.FAILED);
      case ALWAYS -> true;
    };
  }

  /**
   * The condition in full, as written in a workflow file; {@link #parse} returns an equal
   * condition.
   */
  @Override
  public String toString() {
    return kind + tests.stream().map(test -> " && " + test).collect(Collectors.joining());
  }
}
