package dev.waymark.runner.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.store.Limits;
import dev.waymark.runner.definition.Condition;
import dev.waymark.runner.definition.DefinitionLimits;
import dev.waymark.runner.definition.InputDefinition;
import dev.waymark.runner.definition.Retention;
import dev.waymark.runner.definition.RetryPolicy;
import dev.waymark.runner.definition.Stage;
import dev.waymark.runner.definition.TaskDefinition;
import dev.waymark.runner.definition.WorkflowDefinition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Valid files. */
@DisplayName("A valid workflow file")
final class DefinitionReaderTest {
  private final DefinitionReader reader = new DefinitionReader();

  @Test
  @DisplayName("becomes a definition with all its values")
  void readsEverything() {
    String file =
        """
        id: nightly-report
        description: Build and check the nightly report
        labels: {team: data}
        inputs:
          day: {description: Which day, default: today}
          recipient: {}
        env: {LANG: C.UTF-8}
        working-directory: reports
        timeout: 2h
        max-parallel: 1
        priority: -5
        retention: {succeeded: 30d, failed: 2y, keep-last: 100}
        tasks:
          extract:
            run: ./extract.sh "$INPUT_DAY" > rows.csv
            timeout: 1h30m
            retry: {max-attempts: 4, delay: 2s, backoff: 1.5, max-delay: 1m, jitter: 0}
          publish:
            needs: [extract]
            uses: my-java-handler        # instead of run
            with: {to: team@example.org}
            env: {STRICT: true}
            working-directory: out
            if: needs.extract.outputs.rows != '0'
            pool: mail
        """;
    WorkflowDefinition definition = reader.read("file.yaml", file);
    assertThat(definition.id().value()).isEqualTo("nightly-report");
    assertThat(definition.description()).isEqualTo("Build and check the nightly report");
    assertThat(definition.labels()).containsExactly(entry("team", "data"));
    assertThat(definition.inputs())
        .containsExactly(
            entry("day", new InputDefinition("Which day", "today")),
            entry("recipient", new InputDefinition(null, null)));
    assertThat(definition.env()).containsExactly(entry("LANG", "C.UTF-8"));
    assertThat(definition.workingDirectory()).isEqualTo("reports");
    assertThat(definition.timeout()).isEqualTo(Duration.ofHours(2));
    assertThat(definition.maxParallel()).isEqualTo(1);
    assertThat(definition.priority()).isEqualTo(-5);
    assertThat(definition.retention())
        .isEqualTo(new Retention(Duration.ofDays(30), Duration.ofDays(730), 100));
    assertThat(definition.source()).isEqualTo(file);
    assertThat(definition.tasks())
        .extracting(task -> task.id().value())
        .containsExactly("extract", "publish");

    TaskDefinition extract = task(definition, "extract");
    assertThat(extract.run()).isEqualTo("./extract.sh \"$INPUT_DAY\" > rows.csv");
    assertThat(extract.uses()).isNull();
    assertThat(extract.timeout()).isEqualTo(Duration.ofMinutes(90));
    assertThat(extract.retry())
        .isEqualTo(new RetryPolicy(4, Duration.ofSeconds(2), 1.5, Duration.ofMinutes(1), 0));

    assertThat(extract.stage()).isEqualTo(Stage.MAIN);
    assertThat(extract.condition()).isEqualTo(Condition.SUCCESS);
    assertThat(extract.pool()).isNull();

    TaskDefinition publish = task(definition, "publish");
    assertThat(publish.needs()).containsExactly(new TaskId("extract"));
    assertThat(publish.uses()).isEqualTo("my-java-handler");
    assertThat(publish.with()).containsExactly(entry("to", "team@example.org"));
    assertThat(publish.env()).containsExactly(entry("STRICT", "true"));
    assertThat(publish.workingDirectory()).isEqualTo("out");
    assertThat(publish.timeout()).isNull();
    assertThat(publish.retry()).isEqualTo(RetryPolicy.NONE);
    assertThat(publish.condition()).isEqualTo(Condition.parse("needs.extract.outputs.rows != '0'"));
    assertThat(publish.pool()).isEqualTo("mail");
  }

  @Test
  @DisplayName("has no limits and the default priority if it sets none")
  void hasNoBounds() {
    WorkflowDefinition definition = reader.read("f", "id: x\ntasks: {a: {run: b}}\n");
    assertThat(definition.timeout()).isNull();
    assertThat(definition.maxParallel()).isNull();
    assertThat(definition.priority()).isZero();
    assertThat(definition.retention()).isEqualTo(Retention.FOREVER);
  }

  @Test
  @DisplayName("has its tasks by stage, in any order of the stages in the file")
  void readsStages() {
    WorkflowDefinition definition =
        reader.read(
            "f",
            """
            id: x
            finally:
              clean: {run: c}
            on-failure:
              tell: {run: t}
              page: {run: p, needs: tell, if: failure()}
            tasks:
              b: {run: b, needs: a, if: "${{ always() }}"}
              a: {run: a}
            """);
    assertThat(definition.tasks())
        .extracting(task -> task.id().value())
        .containsExactly("b", "a", "tell", "page", "clean");
    assertThat(definition.tasks(Stage.ON_FAILURE))
        .extracting(task -> task.condition().toString())
        .containsExactly("success()", "failure()");
    assertThat(definition.tasks(Stage.FINALLY)).containsExactly(task(definition, "clean"));
    assertThat(task(definition, "b").condition()).hasToString("always()");
  }

  @Test
  @DisplayName("may have a task whose condition names outputs of its needs in every form")
  void readsConditions() {
    WorkflowDefinition definition =
        reader.read(
            "f",
            """
            id: x
            tasks:
              a.outputs.b: {run: a}
              c:
                run: c
                needs: [a.outputs.b]
                if: >-
                  always()
                  && needs.a.outputs.b.outputs.d == 'it''s'
            """);
    assertThat(task(definition, "c").condition())
        .hasToString("always() && needs.a.outputs.b.outputs.d == 'it''s'");
  }

  @Test
  @DisplayName("may be JSON, also indented by tabs")
  void readsJson() {
    String json =
        "{\n\t\"id\": \"x\",\n\t\"tasks\": {\n\t\t\"a\": {\"run\": \"echo \\ud83d\\ude00 \\/\", \"timeout\": \"1s\"}\n\t}\n}\n";
    TaskDefinition task = task(reader.read("file.json", json), "a");
    assertThat(task.run()).isEqualTo("echo 😀 /");
    assertThat(task.timeout()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  @DisplayName("keeps values as they are written")
  void keepsValues() {
    WorkflowDefinition definition =
        reader.read(
            "f",
            "id: x\nenv: {A: 1.10, B: 022, C: 0x1F, D: True, E: yes, F: .inf, G: 1e3, H: '', I: \"~\", J: 2024-01-01}\ntasks: {a: {run: b}}\n");
    assertThat(definition.env().values())
        .containsExactly(
            "1.10", "022", "0x1F", "True", "yes", ".inf", "1e3", "", "~", "2024-01-01");
  }

  @Test
  @DisplayName("is YAML 1.2: yes, no and on are strings")
  void isYaml12() {
    assertThat(
            reader.read("f", "id: yes\ntasks: {on: {run: no}, off: {run: x, needs: on}}\n").tasks())
        .hasSize(2);
  }

  @Test
  @DisplayName("may write whole numbers in every form of YAML")
  void readsNumbers() {
    WorkflowDefinition definition =
        reader.read(
            "f",
            "id: x\ntasks: {a: {run: b, retry: {max-attempts: 0x10, backoff: 2, jitter: 1.0}}, c: {run: b, retry: {max-attempts: 5.0}}}\n");
    assertThat(task(definition, "a").retry())
        .isEqualTo(new RetryPolicy(16, Duration.ofSeconds(1), 2, Duration.ofMinutes(5), 1));
    assertThat(task(definition, "c").retry().maxAttempts()).isEqualTo(5);
  }

  @Test
  @DisplayName(
      "has three attempts if it only says retry, and a maximum delay of at least the delay")
  void hasDefaultsOfRetry() {
    WorkflowDefinition definition =
        reader.read(
            "f", "id: x\ntasks: {a: {run: b, retry: {}}, c: {run: d, retry: {delay: 10m}}}\n");
    assertThat(task(definition, "a").retry())
        .isEqualTo(new RetryPolicy(3, Duration.ofSeconds(1), 2, Duration.ofMinutes(5), 0.1));
    assertThat(task(definition, "c").retry().maxDelay()).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  @DisplayName("may have one need as a string, and no needs as an empty list")
  void readsNeeds() {
    WorkflowDefinition definition =
        reader.read("f", "id: x\ntasks: {a: {run: b, needs: []}, c: {run: d, needs: a}}\n");
    assertThat(task(definition, "a").needs()).isEmpty();
    assertThat(task(definition, "c").needs()).containsExactly(new TaskId("a"));
  }

  @Test
  @DisplayName("may share values by aliases")
  void readsAliases() {
    WorkflowDefinition definition =
        reader.read(
            "f",
            "id: x\nenv: &e {A: &v b}\ntasks: {a: {run: *v, env: *e}, c: &t {run: d}, e: *t}\n");
    assertThat(task(definition, "a").env()).isEqualTo(definition.env());
    assertThat(task(definition, "e").run()).isEqualTo("d");
  }

  @Test
  @DisplayName("may begin with a byte order mark and have CRLF line ends, which its source keeps")
  void readsByteOrderMark() {
    String file = "\uFEFFid: x\r\ntasks:\r\n  a:\r\n    run: b\r\n";
    WorkflowDefinition definition = reader.read("f", file.getBytes(StandardCharsets.UTF_8));
    assertThat(definition.id().value()).isEqualTo("x");
    assertThat(definition.source()).isEqualTo(file);
  }

  @Test
  @DisplayName("names its inputs as environment variables")
  void namesInputs() {
    assertThat(InputDefinition.environmentName("report-day")).isEqualTo("INPUT_REPORT_DAY");
  }

  @Test
  @DisplayName("has the limits of the store if these are given")
  void takesLimitsOfStore() {
    DefinitionLimits limits =
        DefinitionLimits.of(Limits.builder().maxTaskRuns(7).maxDefinitionBytes(99).build());
    assertThat(limits.maxTasks()).isEqualTo(7);
    assertThat(limits.maxFileBytes()).isEqualTo(99);
    assertThat(DefinitionLimits.of(Limits.defaults())).isEqualTo(DefinitionLimits.defaults());
  }

  @Test
  @DisplayName("cannot have inconsistent limits")
  void checksLimits() {
    List<DefinitionLimits.Builder> bad =
        List.of(
            DefinitionLimits.builder().maxDepth(0),
            DefinitionLimits.builder().maxDepth(1_001),
            DefinitionLimits.builder().maxNodes(-1),
            DefinitionLimits.builder().maxProblemsShown(0),
            DefinitionLimits.builder().maxDuration(Duration.ZERO));
    assertThat(bad)
        .allSatisfy(
            limits ->
                assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(limits::build)
                    .withMessageContaining("limit max"));
  }

  private static TaskDefinition task(WorkflowDefinition definition, String id) {
    return Objects.requireNonNull(definition.task(new TaskId(id)));
  }
}
