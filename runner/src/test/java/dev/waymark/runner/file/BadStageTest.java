package dev.waymark.runner.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.waymark.runner.definition.InvalidDefinitionException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The errors of invalid stages or conditions: each row is a file and the message. */
@DisplayName("A workflow file with a bad stage or condition is refused")
final class BadStageTest {
  /** One row; the lines of {@code expected} lack the name of the file. */
  record Row(String name, String file, List<String> expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"stages", "conditions", "needs"})
  @DisplayName("with line, column and what to do")
  void namesTheProblems(Row row) {
    InvalidDefinitionException refused =
        catchThrowableOfType(
            InvalidDefinitionException.class,
            () -> new DefinitionReader().read("file.yaml", row.file()));
    assertThat(refused.getMessage())
        .isEqualTo(
            String.join("\n", row.expected().stream().map(line -> "file.yaml:" + line).toList()));
  }

  static Stream<Row> stages() {
    return Stream.of(
        row(
            "a task twice",
            "id: x\ntasks: {a: {run: b}}\non-failure: {c: {run: d}}\nfinally: {a: {run: b}, c: {run: d}}\n",
            "4:11: duplicate task \"a\"; it is defined under \"tasks\" in line 2; rename one of them",
            "4:24: duplicate task \"c\"; it is defined under \"on-failure\" in line 3; rename one of them"),
        row(
            "no tasks in it",
            "id: x\ntasks: {a: {run: b}}\nfinally: {}\n",
            "3:10: \"finally\" is empty; it needs at least one entry"),
        row(
            "no other tasks",
            "id: x\nfinally: {a: {run: b}}\n",
            "1:1: the key \"tasks\" is missing; add \"tasks:\" to the workflow"),
        row(
            "a list of tasks",
            "id: x\ntasks: {a: {run: b}}\non-failure: [c]\n",
            "3:13: \"on-failure\" must be a map, found a list"),
        row(
            "a task without a script",
            "id: x\ntasks: {a: {run: b}}\non-failure: {c: {timeout: 1s}}\n",
            "3:14: task \"c\" has neither \"run\" nor \"uses\"; add \"run:\" with a script"),
        row(
            "a bad id and a bad time-out",
            "id: x\ntasks: {a: {run: b}}\nfinally: {-c: {run: d, timeout: 0s}}\n",
            "3:11: the task id \"-c\" is not valid; use 1 to 128 letters, digits, '.', '_' or '-', beginning with a letter or digit",
            "3:33: \"timeout\" cannot be 0s; give it a length, or leave the key out for no bound"),
        row(
            "a word of another tool",
            "id: x\ntasks: {a: {run: b}}\nonError: {c: {run: d}}\n",
            "3:1: unknown key \"onError\"; did you mean \"on-failure\"?"));
  }

  static Stream<Row> needs() {
    return Stream.of(
        row(
            "a need of an earlier stage",
            "id: x\ntasks: {a: {run: b}}\nfinally: {c: {run: d, needs: a}}\n",
            "3:30: task \"c\" needs \"a\", which is under \"tasks\" and not under \"finally\"; remove it, as \"finally\" begins when all tasks under \"tasks\" have ended"),
        row(
            "a need of a later stage",
            "id: x\ntasks: {a: {run: b, needs: [c]}}\non-failure: {c: {run: d}}\n",
            "2:29: task \"a\" needs \"c\", which is under \"on-failure\" and not under \"tasks\"; remove it, as \"on-failure\" begins when all tasks under \"tasks\" have ended"),
        row(
            "an unknown need",
            "id: x\ntasks: {a: {run: b}}\nfinally: {c: {run: d, needs: zz}}\n",
            "3:30: task \"c\" needs \"zz\", which is not a task of this file; the tasks under \"finally\" are: c"),
        row(
            "a circle",
            "id: x\ntasks: {a: {run: b}}\nfinally: {c: {run: d, needs: e}, e: {run: d, needs: c}}\n",
            "3:53: circular needs: c -> e -> c; remove one of them"));
  }

  static Stream<Row> conditions() {
    String words =
        "write a condition such as success(), failure(), always() or needs.TASK.outputs.NAME == 'text'";
    String allowed =
        "write success(), failure(), always(), needs.TASK.outputs.NAME == 'text' or the same with !=, joined by &&";
    return Stream.of(
        row(
            "a boolean",
            condition("true"),
            "6:9: \"if\" must be a string, found the boolean true; " + words),
        row("nothing", condition(""), "6:5: \"if\" has no value; it must be a string"),
        row(
            "an empty text",
            condition("''"),
            "6:9: the condition has nothing where a term is expected; " + allowed),
        row(
            "an unknown function",
            condition("sucess()"),
            "6:9: the condition calls the unknown function \"sucess()\"; did you mean success()?"),
        row(
            "an alternative",
            condition("success() || failure()"),
            "6:9: the condition has \"||\" where only && could follow; " + allowed),
        row(
            "a text that YAML cut off",
            condition("needs.extract.outputs.a == '1 #2'"),
            "6:9: the condition has a text that is not closed; end it with a single quote; where it has \" #\", put the condition in double quotes, or YAML takes the rest for a comment"),
        row(
            "an output of a task that is near a need",
            condition("needs.extrct.outputs.a == '1'"),
            "6:9: the condition of task \"c\" is about an output of \"extrct\", which the task does not need; did you mean \"extract\"?"),
        row(
            "an output of a task that is not needed",
            condition("always() && needs.other.outputs.a == '1'"),
            "6:9: the condition of task \"c\" is about an output of \"other\", which the task does not need; add it to \"needs\""),
        row(
            "an output of a task that does not exist",
            condition("needs.zzz.outputs.a == '1'"),
            "6:9: the condition of task \"c\" is about an output of \"zzz\", which the task does not need; it needs: extract"),
        row(
            "an output of itself",
            condition("needs.c.outputs.a == '1'"),
            "6:9: the condition of task \"c\" is about an output of \"c\", which the task does not need; it needs: extract"),
        row(
            "an output of another stage",
            "id: x\ntasks: {a: {run: b}}\nfinally: {c: {run: d, if: needs.a.outputs.b == 'c'}}\n",
            "3:27: the condition of task \"c\" is about an output of \"a\", which the task does not need; name a task that is in its \"needs\""),
        row(
            "a failure of nothing",
            "id: x\ntasks: {a: {run: b, needs: [], if: failure()}}\n",
            "2:36: task \"a\" asks for failure(), but needs no task that could have failed; add \"needs\", or put the task under \"on-failure\" or \"finally\" if it is about the whole workflow"),
        row(
            "always without needs, in a stage that says when",
            "id: x\ntasks: {a: {run: b}}\nfinally: {c: {run: d, if: always()}}\n",
            "3:27: task \"c\" asks for always(), but needs no task that could have failed; add \"needs\", or remove the condition, as \"finally\" says already when the task runs"));
  }

  private static Row row(String name, String file, String... expected) {
    return new Row(name, file, List.of(expected));
  }

  /** A file with a task that needs another; its condition is at line 6, column 9. */
  private static String condition(String text) {
    return "id: x\ntasks:\n  extract: {run: b}\n  c:\n    needs: extract\n    if: "
        + text
        + "\n    run: d\n  other: {run: b}\n";
  }
}
