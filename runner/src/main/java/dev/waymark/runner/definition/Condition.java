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
 * Whether a task runs once its needs have ended: the value of {@code if} in a workflow file. It
 * holds when what it asks of their ends holds and each of its tests does.
 *
 * @param kind what it asks of how the needs ended
 * @param tests what it asks of their outputs, in the order of the file
 */
public record Condition(Kind kind, List<OutputTest> tests) {
  /** That all needs have succeeded: what a task asks that has no {@code if}. */
  public static final Condition SUCCESS = new Condition(Kind.SUCCESS, List.of());

  /** What a condition asks of how the needs ended. */
  public enum Kind {
    /** All of them succeeded; so it is where there are none. */
    SUCCESS,
    /** At least one of them failed; those that were skipped or cancelled do not count. */
    FAILURE,
    /** Nothing. */
    ALWAYS;

    /** How a workflow file calls it: {@code success()}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT) + "()";
    }
  }

  /**
   * A comparison of one output with a text, letter by letter.
   *
   * @param task the task that wrote the output
   * @param output the name of the output
   * @param equal whether the two must be equal, rather than differ
   * @param text what the output is compared with
   */
  public record OutputTest(TaskId task, String output, boolean equal, String text) {
    /**
     * Checks name and text.
     *
     * @throws InvalidInputException when the name is none that an output can have, or the text is
     *     not well-formed
     */
    public OutputTest {
      OutputNames.check("output name", output);
      Text.wellFormed("the text of a condition", text);
    }

    private boolean holds(Map<TaskId, Map<String, String>> outputs) {
      String found = outputs.getOrDefault(task, Map.of()).getOrDefault(output, "");
      return found.equals(text) == equal;
    }

    /** The test as it stands in a workflow file. */
    @Override
    public String toString() {
      String quoted = "'" + text.replace("'", "''") + "'";
      return "needs." + task + ".outputs." + output + (equal ? " == " : " != ") + quoted;
    }
  }

  /**
   * What became of a task that another one needs.
   *
   * @param task its id
   * @param state the state in which it ended
   * @param outputs what it handed over, by name; empty unless it succeeded
   */
  public record Need(TaskId task, TaskRunState state, Map<String, String> outputs) {
    /** Keeps an unmodifiable copy, in its order. */
    public Need {
      outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    }
  }

  /** Keeps an unmodifiable copy, in its order. */
  public Condition {
    tests = List.copyOf(tests);
  }

  /**
   * The condition that a text stands for: terms joined by {@code &&}, of which one at most is
   * {@code success()}, {@code failure()} or {@code always()}, and each of the others compares an
   * output of a task with a text, such as {@code needs.extract.outputs.rows != '0'}. The whole may
   * stand within <code>${{ }}</code>.
   *
   * @throws InvalidInputException when it is anything else; the message says what is allowed
   */
  public static Condition parse(String text) {
    return ConditionParser.parse(text);
  }

  /**
   * Whether the task may run. An output that was not written counts as the empty string.
   *
   * @param needs each task that it needs itself; all of them have ended
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

  /** The condition as a workflow file says it in full; {@link #parse} makes it equal again. */
  @Override
  public String toString() {
    return kind + tests.stream().map(test -> " && " + test).collect(Collectors.joining());
  }
}
