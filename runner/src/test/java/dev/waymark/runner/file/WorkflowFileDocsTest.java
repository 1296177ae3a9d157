package dev.waymark.runner.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.waymark.runner.definition.DefinitionLimits;
import dev.waymark.runner.definition.InvalidDefinitionException;
import dev.waymark.runner.definition.TaskGraph;
import dev.waymark.runner.definition.WorkflowDefinition;
import dev.waymark.runner.file.internal.Problems;
import dev.waymark.runner.file.internal.YamlMap;
import dev.waymark.runner.file.internal.YamlTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The page {@code docs/workflow-file.md}. */
@DisplayName("The reference page of the workflow file")
final class WorkflowFileDocsTest {
  private static final Pattern BLOCK =
      Pattern.compile("^```(yaml|json)\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

  @Test
  @DisplayName("contains only files that can be read")
  void showsGoodFiles() throws IOException {
    List<WorkflowDefinition> read = new ArrayList<>();
    Matcher block = BLOCK.matcher(page());
    while (block.find()) {
      read.add(
          new DefinitionReader()
              .read("block " + (read.size() + 1) + " of workflow-file.md", block.group(2)));
    }
    assertThat(read)
        .extracting(definition -> definition.id().value())
        .containsExactly(
            "nightly-report",
            "hello",
            "hello",
            "download",
            "load-rows",
            "clean",
            "kept-for-a-year",
            "shared-settings");
    assertThat(TaskGraph.of(read.get(0)).order()).hasSize(7);
  }

  @Test
  @DisplayName("names every key of the schema")
  void namesEveryKey() throws IOException {
    String page = page();
    for (YamlMap schema : objects()) {
      YamlMap properties = schema.map("properties");
      Set<String> keys = properties == null ? Set.of() : properties.entries().keySet();
      assertThat(keys).allSatisfy(key -> assertThat(page).contains("\n| `" + key + "` | "));
    }
  }

  @Test
  @DisplayName("contains problems as they are reported")
  void showsRealProblems() throws IOException {
    String bad =
        "id: report\n"
            + "descripton: Nightly\n"
            + "tasks:\n"
            + "  extract:\n"
            + "    run: ./extract.sh\n"
            + "    timeout: 10\n";
    InvalidDefinitionException refused =
        catchThrowableOfType(
            InvalidDefinitionException.class,
            () -> new DefinitionReader().read("report.yaml", bad));
    assertThat(page()).contains("```text\n" + refused.getMessage() + "\n```");
  }

  /** The workflow and all its parts. */
  private static List<YamlMap> objects() throws IOException {
    try (InputStream stream = DefinitionReader.openSchema()) {
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      YamlMap root =
          (YamlMap)
              Objects.requireNonNull(
                  YamlTree.read(text, DefinitionLimits.defaults(), new Problems()));
      List<YamlMap> objects = new ArrayList<>(List.of(root));
      Objects.requireNonNull(root.map("$defs"))
          .entries()
          .values()
          .forEach(entry -> objects.add((YamlMap) entry.value()));
      return objects;
    }
  }

  private static String page() throws IOException {
    // Maven runs tests in the directory of the module, an editor perhaps in that of the project.
    Path page = Path.of("docs", "workflow-file.md");
    return Files.readString(Files.exists(page) ? page : Path.of("..").resolve(page));
  }
}
