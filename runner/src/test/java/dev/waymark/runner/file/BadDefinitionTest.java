package dev.waymark.runner.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.waymark.runner.definition.InvalidDefinitionException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The errors of an invalid file: each row is a file and the whole message. */
@DisplayName("A bad workflow file is refused")
final class BadDefinitionTest {
  private static final String DURATION = "write a duration such as 250ms, 2s, 10m, 1h30m or 1d";
  private static final String ID =
      "use 1 to 128 letters, digits, '.', '_' or '-', beginning with a letter or digit";
  private static final String BROKEN = "check the indentation, quotes and brackets";

  /** One row; the lines of {@code expected} lack the name of the file. */
  record Row(String name, String file, List<String> expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"keys", "types", "values", "names", "needs", "syntax", "yaml"})
  @DisplayName("with line, column and what to do")
  void namesTheProblems(Row row) {
    assertThat(message(row.file()))
        .isEqualTo(
            String.join("\n", row.expected().stream().map(line -> "file.yaml:" + line).toList()));
  }

  static Stream<Row> keys() {
    return Stream.of(
        row(
            "unknown key near a known one",
            "id: x\ntsks: {a: {run: b}}\n",
            "2:1: unknown key \"tsks\"; did you mean \"tasks\"?"),
        row(
            "unknown key of other case",
            task("retry: {maxAttempts: 3}"),
            "5:13: unknown key \"maxAttempts\"; did you mean \"max-attempts\"?"),
        row(
            "word of another tool",
            "id: x\ntasks: {a: {script: b}}\n",
            "2:13: unknown key \"script\"; did you mean \"run\"?"),
        row(
            "unknown key near none",
            "id: x\ninputs: {a: {colour: red}}\ntasks: {a: {run: b}}\n",
            "2:14: unknown key \"colour\"; allowed here: description, default"),
        row(
            "duplicate key",
            "id: x\ntasks: {a: {run: b}}\nid: y\n",
            "3:1: duplicate key \"id\"; it is first defined in line 1; remove one of them"),
        row(
            "duplicate task",
            "id: x\ntasks:\n  a: {run: b}\n  a: {run: c}\n",
            "4:3: duplicate key \"a\"; it is first defined in line 3; remove one of them"),
        row(
            "key that is a number",
            "id: x\ntasks: {1: {run: b}}\n",
            "2:9: a key must be a string, found the number 1; put it in quotes: \"1\""),
        row(
            "key that is a list",
            "id: x\ntasks: {a: {run: b}}\n? [x]\n: y\n",
            "3:3: a key must be a string, found a list"),
        row(
            "merge key",
            "id: x\ntasks: {a: &a {run: b}, c: {<<: *a}}\n",
            "2:29: unknown key \"<<\"; merge keys are not part of YAML 1.2; write the entries out, or give the whole value by an alias"),
        row(
            "missing keys",
            "description: x\n",
            "1:1: the key \"id\" is missing; add \"id:\" to the workflow",
            "1:1: the key \"tasks\" is missing; add \"tasks:\" to the workflow"),
        row(
            "no tasks",
            "id: x\ntasks: {}\n",
            "2:8: \"tasks\" is empty; it needs at least one entry"),
        row(
            "neither run nor uses",
            "id: x\ntasks:\n  a: {timeout: 1s}\n",
            "3:3: task \"a\" has neither \"run\" nor \"uses\"; add \"run:\" with a script"),
        row(
            "both run and uses",
            task("uses: c"),
            "5:5: task \"a\" has both \"run\" and \"uses\"; keep one of them"),
        row(
            "with without uses",
            task("with: {c: d}"),
            "5:5: \"with\" is allowed only together with \"uses\"; a script gets its values by \"env\""));
  }

  static Stream<Row> types() {
    return Stream.of(
        row("a list for the file", "- id: x\n", "1:1: the workflow must be a map, found a list"),
        row(
            "a word for the file",
            "hello\n",
            "1:1: the workflow must be a map, found the string \"hello\""),
        row(
            "a list of tasks",
            "id: x\ntasks:\n  - run: b\n",
            "3:3: \"tasks\" must be a map, found a list"),
        row(
            "tasks without a value",
            "id: x\ntasks:\n",
            "2:1: \"tasks\" has no value; it must be a map"),
        row(
            "a task without a value",
            "id: x\ntasks:\n  a:\n",
            "3:3: task \"a\" has no value; it must be a map"),
        row(
            "a number for an id",
            "id: 5\ntasks: {a: {run: b}}\n",
            "1:5: \"id\" must be a string, found the number 5; put it in quotes: \"5\""),
        row(
            "a boolean for a script",
            "id: x\ntasks: {a: {run: true}}\n",
            "2:18: \"run\" must be a string, found the boolean true; put it in quotes: \"true\""),
        row(
            "a number in needs",
            task("needs: [1]"),
            "5:13: item 1 of \"needs\" must be a string, found the number 1; put it in quotes: \"1\""),
        row(
            "a map for needs",
            task("needs: {b: c}"),
            "5:12: \"needs\" must be a string or a list, found a map"),
        row(
            "a number for a duration",
            task("timeout: 10"),
            "5:14: \"timeout\" must be a string, found the number 10; " + DURATION),
        row(
            "a word for a number",
            task("retry: {backoff: much}"),
            "5:22: \"backoff\" must be a number, found the string \"much\""),
        row(
            "a fraction of an attempt",
            task("retry: {max-attempts: 1.5}"),
            "5:27: \"max-attempts\" must be a whole number, found the number 1.5"),
        row(
            "infinity",
            task("retry: {backoff: .inf}"),
            "5:22: \"backoff\" must be a number, found the string \".inf\""),
        row(
            "a list for a variable",
            task("env: {A: [b]}"),
            "5:14: \"A\" must be a string, a number or a boolean, found a list"),
        row(
            "no value for a variable",
            task("env: {A: }"),
            "5:11: \"A\" has no value; it must be a string, a number or a boolean"),
        row(
            "null for a label",
            "id: x\nlabels: {a: null}\ntasks: {a: {run: b}}\n",
            "2:13: \"a\" has no value; it must be a string, a number or a boolean"),
        row(
            "null for an argument",
            "id: x\ntasks: {a: {uses: b, with: {c: ~}}}\n",
            "2:32: \"c\" has no value; it must be a string, a number or a boolean"),
        row(
            "a map for a default",
            "id: x\ninputs: {a: {default: {}}}\ntasks: {a: {run: b}}\n",
            "2:23: \"default\" must be a string, a number or a boolean, found an empty map"),
        row(
            "no value for an input",
            "id: x\ninputs: {a: }\ntasks: {a: {run: b}}\n",
            "2:10: input \"a\" has no value; it must be a map"));
  }

  static Stream<Row> values() {
    return Stream.of(
        row(
            "a blank script",
            "id: x\ntasks: {a: {run: \" \"}}\n",
            "2:18: \"run\" cannot be \" \"; write at least one command"),
        row(
            "a duration with spaces",
            task("timeout: 10 minutes"),
            "5:14: \"timeout\" cannot be \"10 minutes\"; " + DURATION),
        row(
            "a duration of ISO 8601",
            task("timeout: PT10M"),
            "5:14: \"timeout\" cannot be \"PT10M\"; " + DURATION),
        row(
            "a duration with a sign",
            task("timeout: -1s"),
            "5:14: \"timeout\" cannot be \"-1s\"; " + DURATION),
        row(
            "a time-out of 0",
            task("timeout: 0s"),
            "5:14: \"timeout\" cannot be 0s; give it a length, or leave the key out for no bound"),
        row(
            "a time-out over the limit",
            task("timeout: 366d"),
            "5:14: \"timeout\" is 366d; the limit maxDuration is 365d; make it shorter"),
        row(
            "a time-out of 0 for the workflow",
            "id: x\ntimeout: 0m\ntasks: {a: {run: b}}\n",
            "2:10: \"timeout\" cannot be 0m; give it a length, or leave the key out for no bound"),
        row(
            "no parallel executions",
            "id: x\nmax-parallel: 0\ntasks: {a: {run: b}}\n",
            "2:15: \"max-parallel\" cannot be 0; it must be from 1 to 10000"),
        row(
            "an empty retention",
            "id: x\nretention: {}\ntasks: {a: {run: b}}\n",
            "2:12: \"retention\" is empty; it needs at least one entry"),
        row(
            "a retention over the limit",
            "id: x\nretention: {failed: 101y}\ntasks: {a: {run: b}}\n",
            "2:21: \"failed\" is 101y; the longest retention is 36500d; make it shorter"),
        row(
            "a retention that only keeps",
            "id: x\nretention: {keep-last: 5}\ntasks: {a: {run: b}}\n",
            "2:24: \"keep-last\" has no effect here; it keeps executions that \"succeeded\" or"
                + " \"failed\" would delete; add one of them"),
        row(
            "a priority over 100",
            "id: x\npriority: 101\ntasks: {a: {run: b}}\n",
            "2:11: \"priority\" cannot be 101; it must be from -100 to 100"),
        row(
            "a delay over the limit",
            task("retry: {delay: 9000h}"),
            "5:20: \"delay\" is 9000h; the limit maxDuration is 365d; make it shorter"),
        row(
            "a longest delay under the delay",
            task("retry: {delay: 2m, max-delay: 90s}"),
            "5:35: \"max-delay\" is 90s, but \"delay\" is 2m; the longest pause cannot be shorter than the first"),
        row(
            "a longest delay under the default delay",
            task("retry: {max-delay: 500ms}"),
            "5:24: \"max-delay\" is 500ms, but \"delay\" is 1s by default; the longest pause cannot be shorter than the first"),
        row(
            "no attempts",
            task("retry: {max-attempts: 0}"),
            "5:27: \"max-attempts\" cannot be 0; it must be from 1 to 1000"),
        row(
            "too many attempts",
            task("retry: {max-attempts: 1e30}"),
            "5:27: \"max-attempts\" cannot be 1e30; it must be from 1 to 1000"),
        row(
            "a backoff that shrinks",
            task("retry: {backoff: 0.5}"),
            "5:22: \"backoff\" cannot be 0.5; it must be from 1 to 100"),
        row(
            "a jitter over 1",
            task("retry: {jitter: 2}"),
            "5:21: \"jitter\" cannot be 2; it must be from 0 to 1"),
        row(
            "a long description",
            "id: x\ndescription: " + "é".repeat(2049) + "\ntasks: {a: {run: b}}\n",
            "2:14: \"description\" has 4098 bytes; the limit maxDescriptionBytes is 4096; make it shorter"),
        row(
            "a long label",
            "id: x\nlabels: {a: " + "b".repeat(1025) + "}\ntasks: {a: {run: b}}\n",
            "2:13: label \"a\" has 1025 bytes; the limit maxLabelValueBytes is 1024; make it shorter"),
        row(
            "an escape that is a lone surrogate",
            "id: x\ntasks: {a: {run: \"\\ud800\"}}\n",
            "2:18: this text has a lone surrogate (U+D800); remove its escape"),
        row(
            "an escape that is NUL",
            "id: x\ntasks: {a: {run: \"a\\0\"}}\n",
            "2:18: this text has a NUL character (U+0000); remove its escape"));
  }

  static Stream<Row> names() {
    return Stream.of(
        row(
            "workflow id",
            "id: a b\ntasks: {a: {run: b}}\n",
            "1:5: \"id\" cannot be \"a b\"; " + ID),
        row(
            "workflow id with a newline at its end",
            "id: \"a\\n\"\ntasks: {a: {run: b}}\n",
            "1:5: \"id\" cannot be \"a\\u000a\"; " + ID),
        row(
            "task id",
            "id: x\ntasks: {-a: {run: b}}\n",
            "2:9: the task id \"-a\" is not valid; " + ID),
        row(
            "label",
            "id: x\nlabels: {a b: c}\ntasks: {a: {run: b}}\n",
            "2:10: the label name \"a b\" is not valid; use 1 to 63 letters, digits, '.', '_', '/' or '-', beginning with a letter or digit"),
        row(
            "input",
            "id: x\ninputs: {1a: {}}\ntasks: {a: {run: b}}\n",
            "2:10: the input name \"1a\" is not valid; use 1 to 63 letters, digits, '_' or '-', beginning with a letter or '_'"),
        row("pool", task("pool: a/b"), "5:11: \"pool\" cannot be \"a/b\"; " + ID),
        row(
            "environment variable",
            task("env: {A-B: c}"),
            "5:11: the environment variable \"A-B\" is not valid; use letters, digits and '_', beginning with a letter or '_'"),
        row(
            "environment variable of Waymark",
            task("env: {WAYMARK_STORE: c, D: e}"),
            "5:11: the environment variable \"WAYMARK_STORE\" is not valid; names that begin with WAYMARK_ are set by Waymark itself; choose another"),
        row(
            "argument",
            "id: x\ntasks: {a: {uses: b, with: {\"\": c}}}\n",
            "2:29: the argument name \"\" is not valid; use at least one character that is not a space"),
        row(
            "inputs of one variable",
            "id: x\ninputs: {a-b: {}, a_b: {}}\ntasks: {a: {run: b}}\n",
            "2:19: the inputs \"a-b\" and \"a_b\" would both be the variable INPUT_A_B; rename one of them"));
  }

  static Stream<Row> needs() {
    return Stream.of(
        row(
            "unknown",
            "id: x\ntasks:\n  extract: {run: b}\n  c: {run: d, needs: [extrct]}\n",
            "4:23: task \"c\" needs \"extrct\", which is not a task of this file; did you mean \"extract\"?"),
        row(
            "unknown, as a string",
            task("needs: other"),
            "5:12: task \"a\" needs \"other\", which is not a task of this file; the tasks are: a"),
        row("itself", task("needs: a"), "5:12: task \"a\" needs itself; remove it from \"needs\""),
        row(
            "twice",
            "id: x\ntasks:\n  a: {run: b}\n  c: {run: d, needs: [a, a]}\n",
            "4:26: task \"c\" needs \"a\" more than once; remove one of them"),
        row(
            "circular",
            "id: x\ntasks:\n  a: {run: x, needs: b}\n  b: {run: x, needs: a}\n",
            "4:22: circular needs: a -> b -> a; remove one of them"),
        row(
            "circular, behind a task that is not",
            "id: x\ntasks:\n  a: {run: x, needs: b}\n  b: {run: x, needs: c}\n  c: {run: x, needs: d}\n  d: {run: x, needs: [b]}\n",
            "6:23: circular needs: b -> c -> d -> b; remove one of them"),
        row(
            "two circles",
            "id: x\ntasks:\n  a: {run: x, needs: b}\n  b: {run: x, needs: a}\n  c: {run: x, needs: d}\n  d: {run: x, needs: c}\n",
            "4:22: circular needs: a -> b -> a; remove one of them",
            "6:22: circular needs: c -> d -> c; remove one of them"));
  }

  static Stream<Row> syntax() {
    return Stream.of(
        row("tab", "id: x\ntasks:\n\ta: b\n", "3:1: a tab cannot indent; use spaces"),
        row(
            "colon in a script",
            "id: x\ntasks: {a: {run: b}}\ndescription: a: b\n",
            "3:15: \":\" is not allowed here; check the indentation, or put the value in quotes if the colon belongs to it"),
        row(
            "list on the line of its key",
            "id: x\ntasks: - a\n",
            "2:8: \"-\" is not allowed here; begin the list on a line of its own, or put the value in quotes"),
        row(
            "character that begins nothing",
            "id: @x\n",
            "1:5: a value cannot begin with this character; put the value in quotes"),
        row("open quote", "id: x\ntasks: \"a\n", "2:8: this quote is not closed"),
        row(
            "open bracket",
            "id: x\ntasks: [a\n",
            "3:1: expected \",\" or \"]\"; the \"[\" opens at 2:8"),
        row(
            "open brace",
            "{\"id\": \"x\"",
            "1:11: expected \",\" or \"}\"; the \"{\" opens at 1:1"),
        row(
            "text after a quote",
            "id: 'it's'\n",
            "1:9: this does not belong to the text before it; " + BROKEN),
        row(
            "text after the JSON",
            "{\"id\": \"x\"}}",
            "1:12: this does not belong to the text before it; " + BROKEN),
        row(
            "unknown escape",
            "id: \"\\q\"\n",
            "1:7: not valid YAML: found unknown escape character q(113); " + BROKEN),
        row(
            "escape that is no character",
            "id: \"\\UFFFFFFFF\"\n",
            "1:3: after this place the file is not valid YAML; look for an escape, such as \"\\U...\", that is not a character"),
        row(
            "YAML 2",
            "%YAML 2.0\n---\nid: x\n",
            "1:1: the file is of another version of YAML; remove the %YAML line; the version is 1.2"));
  }

  static Stream<Row> yaml() {
    String empty = "1:1: the file is empty; a workflow needs at least \"id\" and \"tasks\"";
    return Stream.of(
        row("empty file", "", empty),
        row("only comments", "# nothing\n", empty),
        row("empty document", "---\n", empty),
        row(
            "second document",
            "id: x\ntasks: {a: {run: b}}\n---\nid: y\n",
            "3:1: the file has a second document; keep one workflow in a file and remove the \"---\" line"),
        row(
            "binary tag",
            "id: !!binary eA\ntasks: {a: {run: b}}\n",
            "1:5: the tag !!binary is not allowed; remove it; a value in quotes is always a string"),
        row(
            "custom tag",
            "id: x\ntasks: !mine {a: {run: b}}\n",
            "2:8: the tag !mine is not allowed; remove it; a value in quotes is always a string"),
        row(
            "unknown alias",
            "id: x\nenv: &common {A: b}\ntasks: {a: {run: b, env: *comon}}\n",
            "3:26: unknown alias *comon; did you mean *common?"),
        row(
            "alias before its anchor",
            "id: *x\n",
            "1:5: unknown alias *x; its anchor &x must come before it"),
        row(
            "alias within its anchor",
            "id: x\ntasks: &t {a: *t}\n",
            "2:15: the alias *t is inside its own anchor; a value cannot contain itself"));
  }

  @Test
  @DisplayName("with all its independent problems at once, in the order of the file")
  void reportsAllAtOnce() {
    String file =
        "idd: x\nid: x\ntasks:\n  a: {run: b, timeout: soon, needs: c}\n  d: {uses: e, run: f}\n  d: {run: g}\n";
    assertThat(message(file))
        .isEqualTo(
            """
            file.yaml:1:1: unknown key "idd"; did you mean "id"?
            file.yaml:4:24: "timeout" cannot be "soon"; write a duration such as 250ms, 2s, 10m, 1h30m or 1d
            file.yaml:4:37: task "a" needs "c", which is not a task of this file; the tasks are: a, d
            file.yaml:5:7: task "d" has both "run" and "uses"; keep one of them
            file.yaml:6:3: duplicate key "d"; it is first defined in line 5; remove one of them""");
  }

  @Test
  @DisplayName("with the first 20 problems in the message, and all of them in the exception")
  void capsTheMessage() {
    StringBuilder file = new StringBuilder("id: x\ntasks:\n");
    for (int i = 0; i < 30; i++) {
      file.append("  t").append(i).append(": {run: b, needs: nobody").append(i).append("}\n");
    }
    InvalidDefinitionException refused = refused(file.toString());
    assertThat(refused.getMessage().lines()).hasSize(21).last().isEqualTo("and 10 more");
    assertThat(refused.problems())
        .hasSize(30)
        .isSortedAccordingTo((one, other) -> Integer.compare(one.line(), other.line()));
    assertThat(refused.sourceName()).isEqualTo("file.yaml");
  }

  @Test
  @DisplayName("with a problem behind an alias reported once, at its position")
  void namesAliasedProblemsOnce() {
    assertThat(
            message(
                "id: x\nenv: &e {A: [b]}\ntasks: {a: {run: b, env: *e}, c: {run: d, env: *e}}\n"))
        .isEqualTo("file.yaml:2:13: \"A\" must be a string, a number or a boolean, found a list");
  }

  private static Row row(String name, String file, String... expected) {
    return new Row(name, file, List.of(expected));
  }

  /** A file with one task and one more key of it, at line 5, column 5. */
  private static String task(String key) {
    return "id: x\ntasks:\n  a:\n    run: b\n    " + key + "\n";
  }

  private static String message(String file) {
    return refused(file).getMessage();
  }

  private static InvalidDefinitionException refused(String file) {
    return catchThrowableOfType(
        InvalidDefinitionException.class, () -> new DefinitionReader().read("file.yaml", file));
  }
}
