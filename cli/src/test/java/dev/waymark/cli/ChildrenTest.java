package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Executions that are children")
class ChildrenTest extends CliTest {
  private static final WorkflowId REPORT = new WorkflowId("report");
  private static final WorkflowId SCAN = new WorkflowId("scan");

  private final Ids ids = Ids.system();
  private final ExecutionId root = ids.executionId();
  private final ExecutionId first = ids.executionId();
  private final ExecutionId second = ids.executionId();
  private final ExecutionId grandchild = ids.executionId();

  /** The task {@code fetch} has two children and waits for one, which has a child too. */
  @BeforeEach
  void execute() throws IOException {
    Path unused = Files.createDirectories(home.resolve(".waymark"));
    TaskRunId fetch = ids.taskRunId();
    TaskRunId read = ids.taskRunId();
    try (StateStore store = SqliteStateStore.open(home.resolve(".waymark").resolve("waymark.db"))) {
      store.commit(
          ChangeSet.builder()
              .saveWorkflow(new NewWorkflow(REPORT, "x"))
              .saveWorkflow(new NewWorkflow(SCAN, "y"))
              .createExecution(new NewExecution(root, REPORT))
              .createTaskRun(new NewTaskRun(fetch, root, new TaskId("fetch")))
              .updateExecution(root, ExecutionState.RUNNING)
              .build());
      store.createExecution(new NewExecution(first, SCAN).childOf(fetch, ChildPolicy.CANCEL));
      store.commit(
          ChangeSet.builder()
              .createTaskRun(new NewTaskRun(read, first, new TaskId("read")))
              .awaitChild(fetch, first, null)
              .build());
      store.createExecution(new NewExecution(second, SCAN).childOf(fetch, ChildPolicy.ABANDON));
      store.createExecution(new NewExecution(grandchild, SCAN).childOf(read, ChildPolicy.CANCEL));
    }
  }

  @Test
  @DisplayName("are shown as a tree with the tasks that started them")
  void tree() {
    assertThat(waymark("executions", "tree", root.toString()))
        .isEqualTo(
            new Run(
                0,
                """
                %s report RUNNING
                ├─ fetch: %s scan PENDING
                │  └─ read: %s scan PENDING
                └─ fetch: %s scan PENDING
                """
                    .formatted(root, first, grandchild, second),
                ""));
    assertThat(waymark("executions", "tree", grandchild.toString()).out())
        .isEqualTo(grandchild + " scan PENDING\n");
  }

  @Test
  @DisplayName("are shown down to a level, and up to a number, with the number of the others")
  void bounds() {
    assertThat(waymark("executions", "tree", root.toString(), "--depth", "1").out())
        .contains("├─ fetch: " + first, "│  └─ 1 child not shown", "└─ fetch: " + second)
        .doesNotContain(grandchild.toString());
    assertThat(waymark("executions", "tree", root.toString(), "--limit", "2").out())
        .contains("├─ fetch: " + first, "│  └─ 1 child not shown", "└─ 1 more child not shown")
        .doesNotContain(second.toString());
    assertThat(waymark("executions", "tree", root.toString(), "--depth", "0").out())
        .isEqualTo(root + " report RUNNING\n└─ 2 children not shown\n");
  }

  @Test
  @DisplayName("are in the tree as JSON")
  void treeAsJson() {
    Map<String, Object> tree =
        parse(waymark("executions", "tree", root.toString(), "-o", "json").out());
    assertThat(tree)
        .containsEntry("id", root.toString())
        .containsEntry("workflowId", "report")
        .containsEntry("state", "RUNNING")
        .containsEntry("taskId", null)
        .containsEntry("childrenTotal", 2);
    List<Map<String, Object>> children = list(tree, "children");
    assertThat(children)
        .extracting(each -> each.get("id"))
        .containsExactly(first + "", second + "");
    assertThat(list(children.get(0), "children"))
        .singleElement()
        .satisfies(
            each ->
                assertThat(each)
                    .containsEntry("id", grandchild.toString())
                    .containsEntry("taskId", "read"));
  }

  @Test
  @DisplayName("are shown with their parent, and the parent with its children")
  void show() {
    String parent = waymark("executions", "show", root.toString()).out();
    assertThat(parent)
        .contains("waits for child " + first)
        .containsPattern("Children\n +TASK +WORKFLOW +STATE")
        .containsPattern("fetch +scan +PENDING .*" + second);
    assertThat(waymark("executions", "show", first.toString()).out())
        .containsPattern("parent +" + root + "/fetch");
    assertThat(waymark("executions", "show", grandchild.toString()).out())
        .doesNotContain("Children");
  }

  @Test
  @DisplayName("are shown with their parent, and the parent with its children, as JSON")
  void showAsJson() {
    Map<String, Object> parent =
        parse(waymark("executions", "show", root.toString(), "-o", "json").out());
    assertThat(parent).containsEntry("parent", null).containsEntry("childrenTotal", 2);
    assertThat(list(parent, "children").get(1))
        .isEqualTo(
            Map.of(
                "id", second.toString(),
                "workflowId", "scan",
                "state", "PENDING",
                "taskId", "fetch"));
    assertThat(list(list(parent, "taskRuns").get(0), "waiting").get(0))
        .containsEntry("reason", "WAITS_FOR_CHILD")
        .containsEntry("child", first.toString())
        .containsEntry("at", null);
    Map<String, Object> child =
        parse(waymark("executions", "show", second.toString(), "-o", "json").out());
    assertThat(child.get("parent").toString())
        .contains(root.toString(), "policy=ABANDON", "depth=1", "taskId=fetch");
  }

  @Test
  @DisplayName("are listed by their parent")
  void listed() {
    assertThat(
            waymark("executions", "list", "--parent", root.toString(), "-o", "jsonl")
                .out()
                .lines()
                .map(line -> parse(line).get("id")))
        .containsExactly(first.toString(), second.toString());
    Run none = waymark("executions", "list", "--parent", "0000");
    assertThat(none.exitCode()).isNotZero();
    assertThat(none.err()).contains("no execution has an id that starts with \"0000\"");
  }

  @Test
  @DisplayName("that are continued are shown with links in both directions")
  void continued() {
    ExecutionId next = ids.executionId();
    try (StateStore store = SqliteStateStore.open(home.resolve(".waymark").resolve("waymark.db"))) {
      store.commit(
          ChangeSet.builder()
              .updateExecution(second, ExecutionState.RUNNING)
              .continueExecution(second, new NewExecution(next, SCAN))
              .build());
    }
    assertThat(waymark("executions", "show", second.toString()).out())
        .containsPattern("continued as +" + next);
    assertThat(waymark("executions", "show", next.toString()).out())
        .containsPattern("continues +" + second)
        .containsPattern("parent +" + root + "/fetch");
    assertThat(parse(waymark("executions", "show", next.toString(), "-o", "json").out()))
        .containsEntry("continues", second.toString())
        .containsEntry("continuedAs", null);
  }
}
