package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.sqlite.SqliteStateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("executions delete and workflows delete")
class DeleteTest extends CliTest {
  private static final WorkflowId SCAN = new WorkflowId("scan");
  private static final String WITH_FINALLY =
      """
      id: with-finally
      tasks:
        first: {run: "touch up; while ! test -f go; do sleep 0.01; done"}
      finally:
        clean: {run: "touch cleaned"}
      """;

  private final Ids ids = Ids.system();

  private Path file() throws IOException {
    return Files.createDirectories(home.resolve(".waymark")).resolve("waymark.db");
  }

  private long rows(String table) throws IOException, SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery("SELECT count(*) FROM " + table)) {
      row.next();
      return row.getLong(1);
    }
  }

  private long total(String... filters) {
    String[] words = new String[filters.length + 4];
    System.arraycopy(new String[] {"executions", "list", "-o", "json"}, 0, words, 0, 4);
    System.arraycopy(filters, 0, words, 4, filters.length);
    return ((Number) parse(waymark(words).out()).get("total")).longValue();
  }

  @Test
  @DisplayName("by ids: they are gone with their logs; unknown and open ones are errors at the end")
  void byIds() {
    String first = runFile(HELLO).id();
    String second = runFile(HELLO).id();
    String open = runFile(HELLO, "--detach").id();
    String unknown = "0".repeat(8) + "-0000-7000-8000-" + "0".repeat(12);
    assertThat(waymark("executions", "delete", first, unknown, open, second, first))
        .isEqualTo(
            new Run(
                4,
                "deleted 2 executions\n",
                """
                waymark: no execution has id "%s"; see waymark executions list
                waymark: cannot delete execution %s: it is PENDING; cancel it first, or add --force
                """
                    .formatted(unknown, open)));
    assertThat(waymark("executions", "show", first).exitCode()).isEqualTo(4);
    assertThat(waymark("logs", second).exitCode()).isEqualTo(4);
    assertThat(total()).isEqualTo(1);
    assertThat(waymark("executions", "delete", first).exitCode()).isEqualTo(4);
  }

  @Test
  @DisplayName("an open execution that no worker has begun is cancelled and deleted with --force")
  void forced() {
    String open = runFile(HELLO, "--detach").id();
    assertThat(
            waymark("executions", "delete", open.substring(0, 30), "--force", "-o", "json").out())
        .isEqualTo(
            """
            {
              "dryRun": false,
              "deleted": 1,
              "cancelled": 1,
              "kept": 0,
              "executions": []
            }
            """);
    assertThat(total()).isZero();
  }

  @Test
  @DisplayName("--force waits for the worker of a running execution, and for its finally tasks")
  void forcedWhileItRuns() {
    String id = runFile(WITH_FINALLY, "--detach").id();
    Background worker = begin("worker", "--until-idle");
    awaitFile("up");
    Run run = waymark("executions", "delete", id, "--force");
    assertThat(run)
        .isEqualTo(
            new Run(
                0,
                "deleted 1 execution\n",
                "waymark: waiting for execution "
                    + id
                    + " to end; its running tasks and its \"finally\" tasks need a worker\n"));
    assertThat(home.resolve("cleaned")).exists();
    assertThat(worker.await().exitCode()).isZero();
    assertThat(total()).isZero();
  }

  @Test
  @DisplayName("--force ends an execution without its finally tasks if no worker comes in time")
  void forcedWithoutWorker() {
    String id = runFile(WITH_FINALLY, "--detach").id();
    Background worker = begin("worker", "--until-idle");
    awaitFile("up");
    waymark("executions", "pause", id);
    file("go", "");
    assertThat(worker.await().exitCode()).isZero();
    assertThat(waymark("executions", "delete", id, "--force", "--wait", "10ms").out())
        .isEqualTo("deleted 1 execution\n");
    assertThat(home.resolve("cleaned")).doesNotExist();
    assertThat(total()).isZero();
  }

  @Test
  @DisplayName("by filters: only what has ended and matches, after a dry run that changes nothing")
  void byFilters() {
    String hello = runFile(HELLO).id();
    String failed = runFile(FAILING).id();
    String open = runFile(HELLO, "--detach").id();
    Run dry = waymark("executions", "delete", "--workflow", "hello", "--dry-run");
    assertThat(dry.exitCode()).isZero();
    assertThat(dry.out()).startsWith("would delete 1 execution\n").contains(hello);
    Map<String, Object> asJson =
        parse(waymark("executions", "delete", "--until", "0s", "--dry-run", "-o", "json").out());
    assertThat(asJson)
        .containsEntry("dryRun", true)
        .containsEntry("deleted", 2)
        .containsEntry("executions", List.of(hello, failed));
    assertThat(total()).isEqualTo(3);
    assertThat(waymark("executions", "delete", "--state", "FAILED", "--until", "7d").out())
        .isEqualTo("deleted 0 executions\n");
    assertThat(waymark("executions", "delete", "--state", "FAILED", "--state", "RUNNING"))
        .isEqualTo(new Run(0, "deleted 1 execution\n", ""));
    assertThat(waymark("executions", "delete", "--workflow", "hello"))
        .isEqualTo(new Run(0, "deleted 1 execution\n", ""));
    assertThat(waymark("executions", "delete", "--state", "RUNNING"))
        .isEqualTo(
            new Run(
                2,
                "",
                "waymark: only executions that have ended can be deleted, in state SUCCEEDED,"
                    + " FAILED or CANCELLED; give one of these states, or add --force to cancel"
                    + " executions first\n"));
    assertThat(total()).isEqualTo(1);
    assertThat(waymark("executions", "delete", "--workflow", "hello", "--force").out())
        .isEqualTo("deleted 1 execution\n");
    assertThat(waymark("executions", "show", open).exitCode()).isEqualTo(4);
  }

  @Test
  @DisplayName("many executions are deleted in commits of at most 100")
  void many() throws IOException, SQLException {
    try (StateStore store = SqliteStateStore.open(file())) {
      ChangeSet.Builder changes = ChangeSet.builder().saveWorkflow(new NewWorkflow(SCAN, "x"));
      for (int i = 0; i < 250; i++) {
        ExecutionId id = ids.executionId();
        changes.createExecution(new NewExecution(id, SCAN));
        changes.createTaskRun(new NewTaskRun(ids.taskRunId(), id, new TaskId("a")));
      }
      store.commit(changes.build());
    }
    long before = rows("commits");
    assertThat(waymark("executions", "delete", "--workflow", "scan", "--force").out())
        .isEqualTo("deleted 250 executions\n");
    assertThat(rows("executions") + rows("task_runs") + rows("history")).isZero();
    assertThat(rows("commits") - before).isEqualTo(250 + 3); // each was cancelled alone
  }

  /** A running parent with a child that has ended, and an ended parent with an open child. */
  @Test
  @DisplayName("filters keep children of open parents, and parents of open children")
  void family() throws IOException {
    ExecutionId parent = ids.executionId();
    ExecutionId child = ids.executionId();
    ExecutionId endedParent = ids.executionId();
    ExecutionId openChild = ids.executionId();
    TaskRunId run = ids.taskRunId();
    TaskRunId other = ids.taskRunId();
    try (StateStore store = SqliteStateStore.open(file())) {
      store.commit(
          ChangeSet.builder()
              .saveWorkflow(new NewWorkflow(SCAN, "x"))
              .createExecution(new NewExecution(parent, SCAN))
              .createTaskRun(new NewTaskRun(run, parent, new TaskId("a")))
              .createExecution(new NewExecution(child, SCAN).childOf(run, ChildPolicy.CANCEL))
              .updateExecution(child, ExecutionState.CANCELLED)
              .createExecution(new NewExecution(endedParent, SCAN))
              .createTaskRun(new NewTaskRun(other, endedParent, new TaskId("a")))
              .createExecution(
                  new NewExecution(openChild, SCAN).childOf(other, ChildPolicy.ABANDON))
              .updateTaskRun(other, TaskRunState.SKIPPED)
              .updateExecution(endedParent, ExecutionState.CANCELLED)
              .build());
    }
    Run run1 = waymark("executions", "delete", "--workflow", "scan");
    assertThat(run1.out()).isEqualTo("deleted 0 executions\n");
    assertThat(run1.err())
        .isEqualTo(
            "waymark: 2 kept; the first: execution "
                + child
                + " is a child of "
                + parent
                + ", which is PENDING and may need it; delete it after the end of its parent, or by"
                + " its ID\n");
    assertThat(waymark("executions", "delete", endedParent.toString()).err())
        .contains("expected no child that has not ended", "found child " + openChild);
    assertThat(waymark("executions", "delete", child.toString()).out())
        .isEqualTo("deleted 1 execution\n");
    assertThat(waymark("executions", "tree", parent.toString()).out()).doesNotContain(child + "");
    assertThat(waymark("executions", "cancel", openChild.toString()).exitCode()).isZero();
    assertThat(waymark("executions", "delete", "--workflow", "scan").out())
        .isEqualTo("deleted 2 executions\n");
  }

  @Test
  @DisplayName("links to an execution that was deleted are shown")
  void links() throws IOException {
    ExecutionId first = ids.executionId();
    ExecutionId next = ids.executionId();
    try (StateStore store = SqliteStateStore.open(file())) {
      store.commit(
          ChangeSet.builder()
              .saveWorkflow(new NewWorkflow(SCAN, "x"))
              .createExecution(new NewExecution(first, SCAN))
              .updateExecution(first, ExecutionState.RUNNING)
              .continueExecution(first, new NewExecution(next, SCAN))
              .build());
    }
    assertThat(waymark("executions", "delete", first.toString()).exitCode()).isZero();
    assertThat(waymark("executions", "show", next.toString()).out()).contains(first.toString());
    assertThat(waymark("executions", "tree", next.toString()).exitCode()).isZero();
    waymark("executions", "cancel", next.toString());
    assertThat(waymark("executions", "delete", next.toString()).exitCode()).isZero();
  }

  @Test
  @DisplayName("a workflow: only without executions, or with them; saved again it goes on counting")
  void workflow() {
    runFile(HELLO);
    String open = runFile(HELLO, "--detach").id();
    assertThat(waymark("workflows", "delete", "hello"))
        .isEqualTo(
            new Run(
                4,
                "",
                "waymark: cannot delete workflow hello: it has 2 executions; delete them first, or"
                    + " add --with-executions\n"));
    assertThat(waymark("workflows", "delete", "hello", "--with-executions", "--dry-run").out())
        .isEqualTo("would delete workflow/hello and 2 executions\n");
    Run kept = waymark("workflows", "delete", "hel", "--with-executions");
    assertThat(kept.exitCode()).isEqualTo(4);
    assertThat(kept.err())
        .startsWith(
            "waymark: cannot delete workflow hello: 1 execution was kept, 1 deleted; the first: ")
        .contains(open);
    assertThat(
            waymark("workflows", "delete", "hello", "--with-executions", "--force", "-o", "json")
                .out())
        .isEqualTo(
            """
            {
              "id": "hello",
              "dryRun": false,
              "executions": 1
            }
            """);
    assertThat(waymark("workflows", "show", "hello").exitCode()).isEqualTo(4);
    assertThat(waymark("workflows", "delete", "hello").exitCode()).isEqualTo(4);
    assertThat(waymark("apply", "-f", "flow.yaml").out())
        .isEqualTo("workflow/hello updated (revision 2)\n");
    assertThat(waymark("workflows", "delete", "hello"))
        .isEqualTo(new Run(0, "deleted workflow/hello\n", ""));
  }
}
