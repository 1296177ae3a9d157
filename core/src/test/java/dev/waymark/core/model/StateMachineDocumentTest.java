package dev.waymark.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Reads docs/state-machine.md and compares its tables and drawings with the enums. */
@DisplayName("docs/state-machine.md")
class StateMachineDocumentTest {
  private static final Pattern ROW = Pattern.compile("\\| `([A-Z]+)` \\| .* \\| (.*) \\|");
  private static final Pattern NAME = Pattern.compile("`([A-Z]+)`");
  private static final Pattern ARROW = Pattern.compile(" +([A-Z]+|\\[\\*]) --> ([A-Z]+|\\[\\*])");

  private static String document;

  @BeforeAll
  static void read() throws IOException {
    document = Files.readString(find(Path.of("").toAbsolutePath()));
  }

  /** The tests run in the folder of the module or of the project. */
  private static Path find(Path start) {
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      Path found = folder.resolve("docs").resolve("state-machine.md");
      if (Files.exists(found)) {
        return found;
      }
    }
    throw new AssertionError("docs/state-machine.md is not above " + start);
  }

  private static List<String> section(String title) {
    int begin = document.indexOf("\n## " + title + "\n");
    assertThat(begin).as("section %s", title).isNotNegative();
    int end = document.indexOf("\n## ", begin + 1);
    return document.substring(begin, end < 0 ? document.length() : end).lines().toList();
  }

  /** The content of the table of a section: for each state the states to which it moves. */
  private static Map<String, Set<String>> table(String title) {
    Map<String, Set<String>> moves = new TreeMap<>();
    for (String line : section(title)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        Set<String> to =
            NAME.matcher(row.group(2))
                .results()
                .map(name -> name.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(to.isEmpty()).as(line).isEqualTo(row.group(2).equals("final"));
        moves.put(row.group(1), to);
      }
    }
    return moves;
  }

  /** The arrows of the drawing of a section, beginning and end included. */
  private static List<String> arrows(String title) {
    List<String> arrows = new ArrayList<>();
    for (String line : section(title)) {
      Matcher arrow = ARROW.matcher(line);
      if (arrow.matches()) {
        arrows.add(arrow.group(1) + " --> " + arrow.group(2));
      }
    }
    return arrows;
  }

  private static <S extends Enum<S> & State> Map<String, Set<String>> moves(S[] states) {
    Map<String, Set<String>> moves = new TreeMap<>();
    for (S from : states) {
      moves.put(
          from.name(),
          Arrays.stream(states)
              .filter(to -> canMove(from, to))
              .map(Enum::name)
              .collect(Collectors.toCollection(TreeSet::new)));
    }
    return moves;
  }

  private static boolean canMove(State from, State to) {
    if (from instanceof ExecutionState state) {
      return state.canMoveTo((ExecutionState) to);
    }
    return from instanceof TaskRunState state
        ? state.canMoveTo((TaskRunState) to)
        : ((AttemptState) from).canMoveTo((AttemptState) to);
  }

  private static <S extends Enum<S> & State> void assertDocumented(String title, S[] states) {
    Map<String, Set<String>> moves = moves(states);
    assertThat(table(title)).isEqualTo(moves);
    Stream<String> begin = Stream.of("[*] --> " + states[0]);
    Stream<String> between =
        moves.entrySet().stream()
            .flatMap(row -> row.getValue().stream().map(to -> row.getKey() + " --> " + to));
    Stream<String> end =
        Arrays.stream(states).filter(State::isTerminal).map(state -> state + " --> [*]");
    assertThat(arrows(title))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(begin, between, end).flatMap(arrow -> arrow).toList());
  }

  @Test
  @DisplayName("contains the moves of executions")
  void executions() {
    assertDocumented("Executions", ExecutionState.values());
  }

  @Test
  @DisplayName("contains the moves of task runs")
  void taskRuns() {
    assertDocumented("Task runs", TaskRunState.values());
  }

  @Test
  @DisplayName("contains the moves of attempts")
  void attempts() {
    assertDocumented("Attempts", AttemptState.values());
  }
}
