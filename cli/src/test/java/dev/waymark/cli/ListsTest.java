package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.cli.internal.base.Terminal;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.sqlite.SqliteStateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("lists, formats and ids")
class ListsTest extends CliTest {
  private static final WorkflowId NIGHTLY = new WorkflowId("nightly");
  private static final WorkflowId HOSTILE = new WorkflowId("hostile");

  @BeforeEach
  void fill() throws IOException {
    Files.createDirectories(home.resolve(".waymark"));
    try (SqliteStateStore store = SqliteStateStore.open(home.resolve(".waymark/waymark.db"))) {
      store.saveWorkflow(
          new NewWorkflow(NIGHTLY, "id: nightly", "Every night", Map.of("team", "data")));
      store.saveWorkflow(
          new NewWorkflow(
              HOSTILE,
              "id: hostile\n\u001b]0;title\u0007",
              "\u001b[2Jgone \u202etxt\u009b1m",
              Map.of()));
      for (int i = 0; i < 5; i++) {
        store.createExecution(
            new NewExecution(
                id(i),
                i == 4 ? HOSTILE : NIGHTLY,
                null,
                Map.of("n", String.valueOf(i % 2)),
                Map.of()));
      }
      store.updateExecution(id(0), ExecutionState.RUNNING, 1);
      store.updateExecution(id(1), ExecutionState.CANCELLED, 1);
    }
  }

  private static ExecutionId id(int i) {
    return new ExecutionId(new UUID(0x018f2d1c7b5e7000L, 0x8000_0000_0000_0000L + i));
  }

  private List<Object> ids(String... words) {
    String[] all = new String[words.length + 4];
    System.arraycopy(new String[] {"executions", "list", "-o", "json"}, 0, all, 0, 4);
    System.arraycopy(words, 0, all, 4, words.length);
    Run run = waymark(all);
    assertThat(run.err()).isEmpty();
    return new ArrayList<>(
        list(parse(run.out()), "items").stream().map(item -> item.get("id")).toList());
  }

  private static List<Object> expected(int... numbers) {
    List<Object> ids = new ArrayList<>();
    for (int number : numbers) {
      ids.add(id(number).toString());
    }
    return ids;
  }

  @Test
  @DisplayName("filters by workflow, states, labels and order")
  void filters() {
    assertThat(ids()).isEqualTo(expected(0, 1, 2, 3, 4));
    assertThat(ids("--order", "newest")).isEqualTo(expected(4, 3, 2, 1, 0));
    assertThat(ids("--workflow", "hostile")).isEqualTo(expected(4));
    assertThat(ids("--state", "RUNNING")).isEqualTo(expected(0));
    assertThat(ids("--state", "running", "--state", "CANCELLED")).isEqualTo(expected(0, 1));
    assertThat(ids("--label", "n=1")).isEqualTo(expected(1, 3));
    assertThat(ids("--label", "n=1", "--label", "m=1")).isEmpty();
  }

  @Test
  @DisplayName("filters by other conditions on labels, by ends and by task runs")
  void conditions() {
    String failed = "00000000-0000-7000-8000-00000000000f";
    TaskRunId run = TaskRunId.of(failed);
    try (SqliteStateStore store = SqliteStateStore.open(home.resolve(".waymark/waymark.db"))) {
      store.commit(
          ChangeSet.builder(CommitId.of(failed))
              .setLabels(id(2), Map.of("run", "nightly-7", "odd", "a,b%"))
              .createTaskRun(new NewTaskRun(run, id(0), new TaskId("charge")))
              .updateTaskRun(run, TaskRunState.RUNNING)
              .recordAttempt(run, "host-1")
              .updateAttempt(new AttemptId(run, 1), AttemptState.FAILED, "exit code 1")
              .updateTaskRun(run, TaskRunState.FAILED)
              .build());
    }
    assertThat(ids("--label-any", "n=1,7")).isEqualTo(expected(1, 3));
    assertThat(ids("--label-any", "n=0,1", "--label-exists", "run")).isEqualTo(expected(2));
    assertThat(ids("--label-prefix", "run=nightly-")).isEqualTo(expected(2));
    assertThat(ids("--label-prefix", "run=nightly%")).isEmpty();
    assertThat(ids("--label-exists", "odd", "--label-prefix", "odd=a,")).isEqualTo(expected(2));
    assertThat(ids("--task-state", "FAILED,running")).isEqualTo(expected(0));
    assertThat(ids("--task", "charge", "--worker", "host-1")).isEqualTo(expected(0));
    assertThat(ids("--error-prefix", "exit code", "--task-state", "FAILED")).isEqualTo(expected(0));
    assertThat(ids("--error-prefix", "Exit")).isEmpty();
    assertThat(ids("--task", "charge", "--worker", "host-2")).isEmpty();
    assertThat(ids("--ended-since", "1h")).isEqualTo(expected(1));
    assertThat(ids("--ended-until", "1h")).isEmpty();
    assertThat(ids("--ended-since", "1h", "--task", "charge")).isEmpty();
  }

  @Test
  @DisplayName("since and until accept instants, dates, local times and durations before now")
  void times() {
    String before = Instant.now().minusSeconds(60).toString();
    String after = Instant.now().plusSeconds(60).toString();
    assertThat(ids("--since", before, "--until", after)).hasSize(5);
    assertThat(ids("--since", "1h30m")).hasSize(5);
    assertThat(ids("--since", "7d")).hasSize(5);
    assertThat(ids("--until", "1h")).isEmpty();
    assertThat(ids("--since", "2020-01-31", "--until", "2020-02-01T10:00")).isEmpty();
    assertThat(ids("--since", "2020-01-31 10:00", "--until", "2999-01-01T00:00:00+02:00"))
        .hasSize(5);
    assertThat(ids("--since", after)).isEmpty();
  }

  @Test
  @DisplayName("a page has the cursor of the next page, which keeps the order")
  void paging() {
    Run first = waymark("executions", "list", "--limit", "2", "--order", "newest", "-o", "json");
    Map<String, Object> page = parse(first.out());
    assertThat(page.keySet()).containsExactly("items", "total", "offset", "limit", "next");
    assertThat(page).containsEntry("total", 5).containsEntry("offset", 0).containsEntry("limit", 2);
    String next = (String) page.get("next");
    assertThat(ids("--limit", "2", "--after", next)).isEqualTo(expected(2, 1));
    assertThat(ids("--offset", "4")).isEqualTo(expected(4));
    Map<String, Object> past =
        parse(waymark("executions", "list", "--offset", "99", "-o", "json").out());
    assertThat(past)
        .containsEntry("total", 5)
        .containsEntry("items", List.of())
        .containsEntry("next", null);
    Run wrongOrder = waymark("executions", "list", "--after", next, "--order", "oldest");
    assertThat(wrongOrder.exitCode()).isEqualTo(2);
    assertThat(wrongOrder.err()).contains("the cursor belongs to a list in order NEWEST");
  }

  @Test
  @DisplayName("if a table is incomplete, standard error names the option for the next page")
  void footer() {
    Run page = waymark("executions", "list", "--limit", "2");
    assertThat(page.err()).matches("1–2 of 5 executions · next: --after [A-Za-z0-9_-]+\n");
    String cursor = page.err().strip().replaceAll(".* ", "");
    assertThat(waymark("executions", "list", "--after", cursor).err())
        .isEqualTo("3 of 5 executions · last page\n");
    assertThat(waymark("executions", "list").err()).isEmpty();
    assertThat(waymark("executions", "list", "--state", "FAILED").err())
        .isEqualTo("no executions\n");
    assertThat(waymark("executions", "list", "--offset", "9").err())
        .isEqualTo("offset 9 is past the last of 5 executions\n");
    assertThat(waymark("workflows", "list", "--limit", "1").err())
        .isEqualTo("1–1 of 2 workflows · next: --offset 1\n");
  }

  @Test
  @DisplayName("jsonl has one record per line, yaml equals json, and unknown values are null")
  void formats() {
    List<String> lines = waymark("executions", "list", "-o", "jsonl").out().lines().toList();
    assertThat(lines)
        .hasSize(5)
        .allMatch(line -> line.startsWith("{\"id\":\"018f2d1c-7b5e-7000-8000-00000000000"));
    Map<String, Object> record = parse(lines.get(2));
    assertThat(record.keySet())
        .containsExactly(
            "id",
            "workflowId",
            "workflowRevision",
            "state",
            "version",
            "labels",
            "inputs",
            "createdAt",
            "startedAt",
            "endedAt",
            "error",
            "parent",
            "continues",
            "continuedAs");
    assertThat(record)
        .containsEntry("startedAt", null)
        .containsEntry("endedAt", null)
        .containsEntry("error", null);
    assertThat((String) record.get("createdAt"))
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3,6})?Z");
    assertThat(parse(waymark("executions", "list", "-o", "yaml").out()))
        .isEqualTo(parse(waymark("executions", "list", "-o", "json").out()));
  }

  @Test
  @DisplayName("workflow records are printed as they were saved, in every format")
  void workflows() {
    Map<String, Object> shown = parse(waymark("workflows", "show", "hostile", "-o", "json").out());
    assertThat(shown.keySet())
        .containsExactly("id", "revision", "description", "labels", "createdAt", "definition");
    assertThat(shown)
        .containsEntry("definition", "id: hostile\n\u001b]0;title\u0007")
        .containsEntry("description", "\u001b[2Jgone \u202etxt\u009b1m");
    assertThat(parse(waymark("workflows", "show", "hostile", "-o", "yaml").out())).isEqualTo(shown);
    assertThat(waymark("workflows", "show", "nightly").out())
        .contains(
            "workflow     nightly\n",
            "revision     1\n",
            "Every night",
            "team=data",
            "\nid: nightly\n");
    assertThat(waymark("workflows", "list").out()).contains("nightly", "Every night");
    assertThat(waymark("workflows", "history", "nightly").out()).contains("REVISION");
  }

  @ParameterizedTest(name = "-o {0}")
  @DisplayName("stored text cannot control the terminal in any format")
  @ValueSource(strings = {"table", "json", "jsonl", "yaml"})
  void terminalInjection(String format) {
    String all =
        waymark("workflows", "list", "-o", format).out()
            + waymark("workflows", "show", "hostile", "-o", format).out();
    assertThat(all).doesNotContain("\u001b", "\u0007", "\u009b", "\u202e").contains("gone");
  }

  @Test
  @DisplayName(
      "states are coloured on a terminal only, and not when NO_COLOR is set or TERM is dumb")
  void colours() {
    assertThat(waymark("executions", "list").out()).doesNotContain("\u001b");
    terminal = new Terminal(true, true, () -> Terminal.USUAL);
    assertThat(waymark("executions", "list").out()).contains("\u001b[36mRUNNING\u001b[0m");
    assertThat(waymark("executions", "list", "-o", "json").out()).doesNotContain("\u001b");
    environment.put("NO_COLOR", "1");
    assertThat(waymark("executions", "list").out()).doesNotContain("\u001b");
    environment.put("NO_COLOR", "");
    environment.put("TERM", "dumb");
    assertThat(waymark("executions", "list").out()).doesNotContain("\u001b");
  }

  @Test
  @DisplayName("the columns of a table are aligned")
  void aligned() {
    List<String> lines = waymark("executions", "list").out().lines().toList();
    int state = lines.get(0).indexOf("STATE");
    assertThat(lines.get(1).substring(state)).startsWith("RUNNING");
    assertThat(lines.get(2).substring(state)).startsWith("CANCELLED");
  }

  @Test
  @DisplayName("an id can be abbreviated to a unique prefix; options can precede the command")
  void prefixes() {
    String unique = id(3).toString();
    assertThat(waymark("executions", "show", unique).exitCode()).isZero();
    assertThat(
            waymark("executions", "show", unique.toUpperCase(java.util.Locale.ROOT), "-o", "json")
                .out())
        .contains(unique);
    assertThat(parse(waymark("-o", "json", "workflows", "show", "night").out()))
        .containsEntry("id", "nightly");
    Run several = waymark("executions", "show", "018f2d1c");
    assertThat(several.exitCode()).isEqualTo(4);
    assertThat(several.err().lines())
        .containsExactly(
            "waymark: prefix \"018f2d1c\" matches several execution ids; give a longer prefix:",
            "  " + id(0),
            "  " + id(1),
            "  " + id(2),
            "  " + id(3),
            "  " + id(4));
  }

  @Test
  @DisplayName("an exact workflow id takes precedence over longer ids with this prefix")
  void exactWorkflow() {
    file("a.yaml", "id: nightly-report\ntasks: {a: {run: echo}}\n");
    waymark("apply", "-f", "a.yaml");
    assertThat(parse(waymark("workflows", "show", "nightly", "-o", "json").out()))
        .containsEntry("id", "nightly");
    Run several = waymark("workflows", "show", "night");
    assertThat(several.exitCode()).isEqualTo(4);
    assertThat(several.err()).contains("several workflow ids", "\n  nightly\n  nightly-report\n");
  }

  @ParameterizedTest(name = "waymark {0}")
  @DisplayName("an unknown id exits with 4 and names a command that lists the ids")
  @ValueSource(
      strings = {
        "executions show ffff",
        "executions show 00000000-0000-0000-0000-000000000000",
        "executions show nonsense",
        "executions cancel ffff",
        "executions rerun ffff",
        "executions watch ffff",
        "task-runs list ffff",
        "attempts list ffff",
        "attempts list 018f2d1c-7b5e-7000-8000-000000000003/none",
        "logs ffff",
        "workflows show none",
        "workflows show nightly --revision 7",
        "workflows history none",
        "run none",
        "run no/such",
        "executions list --workflow none"
      })
  void unknownIds(String line) {
    Run run = waymark(line.split(" ", -1));
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("waymark: ").hasLineCount(1).contains(";");
  }

  @Test
  @DisplayName("a misspelt workflow id gets the most similar id as a suggestion")
  void nearestWorkflow() {
    assertThat(waymark("workflows", "show", "nigthly").err())
        .isEqualTo("waymark: workflow \"nigthly\" does not exist; did you mean \"nightly\"?\n");
  }
}
