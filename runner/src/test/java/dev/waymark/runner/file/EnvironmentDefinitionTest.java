package dev.waymark.runner.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.waymark.runner.definition.InheritedEnv;
import dev.waymark.runner.definition.InvalidDefinitionException;
import dev.waymark.runner.definition.TaskDefinition;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The environment in a workflow file")
class EnvironmentDefinitionTest {
  private static final int VARIABLE = 128 << 10;

  @Test
  @DisplayName("a task inherits what it sets, else what its workflow sets, else everything")
  void aTaskSaysWhatItInheritsElseItsWorkflowDoesElseItIsEverything() {
    String file =
        """
        id: x
        %s
        tasks:
          a: {run: x}
          b: {run: x, inherit-env: none}
          c: {run: x, inherit-env: all}
          d: {run: x, inherit-env: ["*", PGPASSWORD]}
          e: {run: x, inherit-env: []}
        """;
    InheritedEnv listed = new InheritedEnv(Set.of("*", "PGPASSWORD"));
    assertThat(inherited(file.formatted("")))
        .containsExactly(
            InheritedEnv.ALL, InheritedEnv.NONE, InheritedEnv.ALL, listed, InheritedEnv.NONE);
    assertThat(inherited(file.formatted("inherit-env: [HOME]")))
        .startsWith(new InheritedEnv(Set.of("HOME")), InheritedEnv.NONE, InheritedEnv.ALL);
  }

  private static List<InheritedEnv> inherited(String file) {
    return new DefinitionReader()
        .read("f", file).tasks().stream().map(TaskDefinition::inheritedEnv).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "some | f:2:14: \"inherit-env\" cannot be \"some\"; write all, none or a list of names",
        "[A-B] | f:2:15: ",
        "[A, 1] | f:2:18: ",
        "{A: b} | f:2:14: \"inherit-env\" must be ",
        "true | f:2:14: \"inherit-env\" must be ",
      })
  @DisplayName("any other value is refused")
  void anythingElseIsRefused(String value, String message) {
    assertThat(problem("id: x\ninherit-env: " + value + "\ntasks: {a: {run: x}}"))
        .startsWith(message);
  }

  @Test
  @DisplayName("a variable may be as large as a process can start with, and no larger")
  void aVariableMayBeAsLargeAsAProcessCanStartWithAndNoLarger() {
    String most = "x".repeat(VARIABLE - "BIG=".length() - 1);
    String file = "id: x\ntasks: {a: {run: x, env: {BIG: %s}}}";
    assertThat(new DefinitionReader().read("f", file.formatted(most)).tasks()).hasSize(1);
    assertThat(problem(file.formatted(most + "x")))
        .isEqualTo(
            "f:2:32: environment variable \"BIG\" has 131073 bytes with its name; a process can"
                + " start with 131072; put the value into a file, or make it the default of an"
                + " input");
    assertThat(problem("id: x\nenv: {BIG: " + most + "x}\ntasks: {a: {run: x}}"))
        .startsWith("f:2:12: environment variable \"BIG\" has 131073 bytes");
  }

  @Test
  @DisplayName("all variables of a task together may have one mebibyte")
  void allVariablesOfATaskTogetherMayHaveAMebibyte() {
    String anchor = "id: x\nlabels: {}\nenv:\n  A0: &big " + "x".repeat(100_000) + "\n";
    String tasks = "tasks:\n  a: {run: x}\n  b: {run: x, env: {A0: small}}\n";
    assertThat(new DefinitionReader().read("f", anchor + aliases(10) + tasks).tasks()).hasSize(2);
    assertThat(problem(anchor + aliases(11) + tasks))
        .isEqualTo(
            "f:16:6: the environment of the task has 1100133 bytes; a process can start with"
                + " 1048576; put large values into files");
  }

  private static String aliases(int number) {
    return IntStream.range(1, number)
        .mapToObj(i -> "  A" + i + ": *big\n")
        .collect(Collectors.joining());
  }

  private static String problem(String file) {
    return String.valueOf(
        assertThrows(InvalidDefinitionException.class, () -> new DefinitionReader().read("f", file))
            .getMessage());
  }
}
