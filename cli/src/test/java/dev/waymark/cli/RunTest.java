package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.cli.internal.base.Terminal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("run, worker, watch, cancel, rerun")
class RunTest extends CliTest {
  private static final String ID = "018f2d1c-7b5e-7cc4-9e3a-4f2b8a6d0c11";

  @Test
  @DisplayName(
      "run -f applies, starts and works until the end; the last line has the execution and its state")
  void success() {
    Run run = runFile(HELLO, "-p", "name=Ada");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .matches("workflow/hello created \\(revision 1\\)\nexecution [0-9a-f-]{36} SUCCEEDED\n");
    assertThat(run.err())
        .contains(
            "execution " + run.id() + " of hello (revision 1): 2 tasks",
            "greet: attempt 1 started",
            "greet: succeeded",
            "part: succeeded");
    assertThat(waymark("logs", run.id(), "--task", "greet").out()).isEqualTo("hello Ada\n");
    assertThat(parse(waymark("executions", "list", "-o", "json").out())).containsEntry("total", 1);
  }

  @Test
  @DisplayName(
      "a failed execution exits with 1 and prints the task, its error and how to show its output")
  void failure() {
    Run run = runFile(FAILING);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.lastLine()).isEqualTo("execution " + run.id() + " FAILED");
    assertThat(run.err())
        .contains(
            "waymark: task bad failed: exited with code 3\n  show its output: waymark logs "
                + run.id()
                + " --task bad\n")
        .contains("after: skipped");
    assertThat(waymark("logs", run.id(), "--task", "bad").out()).isEqualTo("oops\n");
  }

  @Test
  @DisplayName("the hint names the store that was given")
  void hintNamesStore() {
    file("flow.yaml", FAILING);
    String store = "sqlite:" + home.resolve("my store.db");
    Run run = waymark("--store", store, "run", "-f", "flow.yaml");
    assertThat(run.err())
        .contains("waymark --store '" + store + "' logs " + run.id() + " --task bad");
  }

  @Test
  @DisplayName("a task that fails once and then succeeds shows both attempts")
  void retry() {
    Run run = runFile(FLAKY);
    assertThat(run.exitCode()).isZero();
    assertThat(run.err())
        .contains(
            "once: attempt 1 failed: exited with code 1",
            "once: attempt 2 started",
            "once: succeeded at attempt 2");
    assertThat(waymark("executions", "show", run.id()).out()).contains("1 FAILED, 2 SUCCEEDED");
    assertThat(waymark("logs", run.id()).out()).isEqualTo("try 2\n");
    assertThat(waymark("logs", run.id(), "--attempt", "1").out()).isEqualTo("try 1\n");
  }

  @Test
  @DisplayName("run -o json prints the record of the execution and nothing else on standard output")
  void jsonResult() {
    Run run = runFile(HELLO, "-o", "json");
    assertThat(run.exitCode()).isZero();
    assertThat(parse(run.out()))
        .containsEntry("state", "SUCCEEDED")
        .containsEntry("workflowId", "hello")
        .containsEntry("inputs", Map.of("name", "world"));
    assertThat(run.err()).contains("workflow/hello created (revision 1)");
  }

  @Test
  @DisplayName("run ID runs the latest revision, or the given one")
  void revisions() {
    runFile(HELLO);
    runFile(HELLO.replace("bye", "good night"));
    Run latest = waymark("run", "hello", "-o", "json");
    assertThat(parse(latest.out())).containsEntry("workflowRevision", 2);
    assertThat(parse(waymark("run", "hello", "--revision", "1", "-o", "json").out()))
        .containsEntry("workflowRevision", 1);
    Run missing = waymark("run", "hello", "--revision", "9");
    assertThat(missing.exitCode()).isEqualTo(4);
    assertThat(missing.err()).contains("hello", "revision 9");
  }

  @Test
  @DisplayName("a start that is refused applies nothing")
  void refusedStartAppliesNothing() {
    assertThat(runFile(HELLO, "-p", "nmae=x").exitCode()).isEqualTo(2);
    Run unreadable = runFile(HELLO, "-p", "name=\ufffd");
    assertThat(unreadable.exitCode()).isEqualTo(2);
    assertThat(unreadable.err()).contains("not valid UTF-8");
    assertThat(waymark("workflows", "list").err()).contains("no store at ");

    assertThat(runFile(HELLO, "--id", ID).exitCode()).isZero();
    Run other = runFile(HELLO + "# changed\n", "--id", ID);
    assertThat(other.exitCode()).isEqualTo(4);
    assertThat(other.err()).contains(ID, "nothing was applied");
    assertThat(parse(waymark("workflows", "history", "hello", "-o", "json").out()))
        .containsEntry("total", 1);
  }

  @Test
  @DisplayName(
      "repeating the id and the request returns the same execution; another request is refused with 4")
  void idempotent() {
    Run first = runFile(HELLO, "--id", ID);
    Run second = runFile(HELLO, "--id", ID);
    assertThat(first.lastLine())
        .isEqualTo("execution " + ID + " SUCCEEDED")
        .isEqualTo(second.lastLine());
    assertThat(second.out()).startsWith("workflow/hello unchanged (revision 1)\n");
    assertThat(parse(waymark("executions", "list", "-o", "json").out())).containsEntry("total", 1);
    Run other = runFile(HELLO, "--id", ID, "-p", "name=Bob");
    assertThat(other.exitCode()).isEqualTo(4);
    assertThat(other.err()).startsWith("waymark: cannot start").contains("another set of inputs");
  }

  @Test
  @DisplayName("a detached execution waits for a worker; watch then prints its result")
  void detachAndWork() {
    Run detached = runFile(HELLO, "--detach");
    assertThat(detached.exitCode()).isZero();
    assertThat(detached.lastLine()).isEqualTo("execution " + detached.id() + " PENDING");
    Run worker = waymark("worker", "--until-idle", "--concurrency", "1");
    assertThat(worker.exitCode()).isZero();
    assertThat(worker.out()).isEmpty();
    assertThat(worker.err())
        .contains(
            "hello/" + detached.id().substring(0, 13) + " greet: succeeded", "SUCCEEDED after");
    Run watch = waymark("executions", "watch", detached.id());
    assertThat(watch.exitCode()).isZero();
    assertThat(watch.out()).isEqualTo("execution " + detached.id() + " SUCCEEDED\n");
    assertThat(watch.err()).contains("2 tasks, 2 already ended");
  }

  @Test
  @DisplayName("cancel ends waiting tasks; cancelled executions exit with 5, also when run again")
  void cancel() {
    Run detached = runFile(HELLO, "--detach", "--id", ID);
    Run cancelled = waymark("executions", "cancel", ID);
    assertThat(cancelled.exitCode()).isZero();
    assertThat(cancelled.out()).isEqualTo("execution " + ID + " CANCELLED\n");
    assertThat(waymark("executions", "cancel", ID).exitCode()).isZero();
    assertThat(parse(waymark("executions", "cancel", ID, "-o", "json").out()))
        .containsEntry("state", "CANCELLED");
    assertThat(waymark("executions", "watch", ID).exitCode()).isEqualTo(5);
    Run again = runFile(HELLO, "--id", ID);
    assertThat(again.exitCode()).isEqualTo(5);
    assertThat(again.lastLine()).isEqualTo("execution " + detached.id() + " CANCELLED");
  }

  @Test
  @DisplayName("an execution that has ended cannot be cancelled")
  void cancelTooLate() {
    Run run = runFile(HELLO);
    Run cancel = waymark("executions", "cancel", run.id());
    assertThat(cancel.exitCode()).isEqualTo(4);
    assertThat(cancel.err())
        .isEqualTo(
            "waymark: cannot cancel execution "
                + run.id()
                + ": it has already ended in state SUCCEEDED\n");
  }

  @Test
  @DisplayName("rerun starts a new execution of the same revision with the same inputs and labels")
  void rerun() {
    Run first = runFile(HELLO, "-p", "name=Ada", "--label", "kind=test");
    runFile(HELLO.replace("bye", "changed"));
    Run again = waymark("executions", "rerun", first.id(), "-o", "json");
    assertThat(again.exitCode()).isZero();
    Map<String, Object> record = parse(again.out());
    assertThat(record)
        .containsEntry("workflowRevision", 1)
        .containsEntry("inputs", Map.of("name", "Ada"));
    assertThat(record.get("id")).isNotEqualTo(first.id());
    assertThat(parse(waymark("executions", "list", "--label", "kind=test", "-o", "json").out()))
        .containsEntry("total", 2);
    assertThat(waymark("executions", "rerun", first.id(), "--detach").lastLine())
        .endsWith(" PENDING");
  }

  @Test
  @DisplayName("an unknown or missing input is refused before anything starts")
  void inputs() {
    Run unknown = runFile(HELLO, "-p", "nam=Ada");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err())
        .contains("waymark: workflow \"hello\" has no input \"nam\"; did you mean \"name\"?");
    Run missing = runFile("id: needy\ninputs: {day: {}}\ntasks: {a: {run: echo}}\n");
    assertThat(missing.exitCode()).isEqualTo(2);
    assertThat(missing.err()).contains("waymark: input \"day\"", "was not given");
    assertThat(waymark("executions", "list").err()).contains("no store at ");
  }

  @Test
  @DisplayName("run reads a workflow from standard input, and a missing -f gets a hint")
  void sources() {
    stdin = HELLO.getBytes(StandardCharsets.UTF_8);
    assertThat(waymark("run", "-f", "-").lastLine()).endsWith(" SUCCEEDED");
    file("flow.yaml", HELLO);
    assertThat(waymark("run", "flow.yaml").err())
        .isEqualTo("waymark: \"flow.yaml\" is a file; run it with -f flow.yaml\n");
    assertThat(waymark("run", "-f", ".").err())
        .isEqualTo("waymark: \".\" is a folder; give one workflow file\n");
    assertThat(waymark("run", "-f", "flow.yaml", "--revision", "1").exitCode()).isEqualTo(2);
  }

  @Test
  @DisplayName("on a terminal the progress is redrawn in place instead of printed in lines")
  void picture() {
    terminal = new Terminal(true, true, () -> Terminal.USUAL);
    Run run = runFile(HELLO);
    assertThat(run.err())
        .contains("greet", "2/2 tasks", "\u001b[J")
        .doesNotContain("attempt 1 started");
    assertThat(run.lastLine()).isEqualTo("execution " + run.id() + " SUCCEEDED");
    environment.put("TERM", "dumb");
    assertThat(runFile(HELLO).err()).doesNotContain("\u001b");
  }

  @Test
  @DisplayName(
      "several outputs have headings, a single one has none, and a task without attempts gets a message")
  void logs() {
    Run run = runFile(FAILING);
    assertThat(waymark("logs", run.id()).out())
        .contains(
            "==> good, attempt 1, SUCCEEDED <==\nfine\n", "==> bad, attempt 1, FAILED <==\noops\n");
    assertThat(waymark("logs", run.id(), "--task", "good").out()).isEqualTo("fine\n");
    Run skipped = waymark("logs", run.id(), "--task", "after");
    assertThat(skipped.err()).isEqualTo("waymark: task after has no attempt; it is SKIPPED\n");
    Run unknown = waymark("logs", run.id(), "--task", "god");
    assertThat(unknown.exitCode()).isEqualTo(4);
    assertThat(unknown.err())
        .isEqualTo(
            "waymark: execution " + run.id() + " has no task \"god\"; did you mean \"good\"?\n");
    Run tooHigh = waymark("logs", run.id(), "--task", "good", "--attempt", "2");
    assertThat(tooHigh.exitCode()).isEqualTo(4);
    assertThat(tooHigh.err())
        .isEqualTo("waymark: attempt 2 does not exist; the last attempt is 1\n");
  }

  @Test
  @DisplayName("outputs are printed byte for byte")
  void rawLogs() {
    Run run = runFile("id: raw\ntasks:\n  a: {run: \"printf '\\\\033[31mred\\\\377'\"}\n");
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    waymark(out, java.io.OutputStream.nullOutputStream(), "logs", run.id());
    assertThat(out.toByteArray())
        .isEqualTo(new byte[] {0x1b, '[', '3', '1', 'm', 'r', 'e', 'd', (byte) 0xff});
  }

  @Test
  @DisplayName(
      "executions show -o json is the execution with its task runs, their attempts, and its"
          + " history")
  void details() {
    Run run = runFile(FLAKY);
    Map<String, Object> shown = parse(waymark("executions", "show", run.id(), "-o", "json").out());
    assertThat(shown.keySet())
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
            "continuedAs",
            "input",
            "result",
            "taskRuns",
            "history",
            "waiting",
            "signals",
            "children",
            "childrenTotal");
    Map<String, Object> taskRun = list(shown, "taskRuns").get(0);
    assertThat(taskRun.keySet())
        .containsExactly(
            "id",
            "executionId",
            "taskId",
            "state",
            "version",
            "createdAt",
            "startedAt",
            "endedAt",
            "input",
            "result",
            "attempts",
            "waiting");
    List<Map<String, Object>> attempts = list(taskRun, "attempts");
    assertThat(attempts.get(0).keySet())
        .containsExactly(
            "number", "state", "worker", "startedAt", "endedAt", "exitCode", "error", "details");
    assertThat(attempts)
        .extracting(a -> a.get("number") + " " + a.get("state"))
        .containsExactly("1 FAILED", "2 SUCCEEDED");
    Map<String, Object> created = list(shown, "history").get(0);
    assertThat(created.keySet())
        .containsExactly("sequence", "kind", "recordId", "from", "to", "at");
    assertThat(created)
        .containsEntry("sequence", 1)
        .containsEntry("kind", "EXECUTION")
        .containsEntry("recordId", run.id())
        .containsEntry("from", null)
        .containsEntry("to", "PENDING");
    assertThat(parse(waymark("executions", "show", run.id(), "-o", "yaml").out())).isEqualTo(shown);
    assertThat(waymark("executions", "show", run.id(), "-o", "jsonl").out().lines()).hasSize(1);
  }

  @Test
  @DisplayName("task runs and attempts are listed by execution id, or by EXECUTION/TASK")
  void taskRunsAndAttempts() {
    Run run = runFile(FLAKY);
    Map<String, Object> page = parse(waymark("task-runs", "list", run.id(), "-o", "json").out());
    assertThat(page.keySet()).containsExactly("items", "total", "offset", "limit", "next");
    String taskRun = (String) list(page, "items").get(0).get("id");
    Run byId = waymark("attempts", "list", taskRun, "-o", "json");
    assertThat(list(parse(byId.out()), "items"))
        .extracting(a -> a.get("state"))
        .containsExactly("FAILED", "SUCCEEDED");
    assertThat(waymark("attempts", "list", run.id() + "/once", "-o", "json").out())
        .isEqualTo(byId.out());
    assertThat(waymark("task-runs", "list", run.id()).out())
        .contains("TASK", "once", "SUCCEEDED", taskRun);
    assertThat(waymark("attempts", "list", taskRun).out()).contains("NUMBER", "exited with code 1");
  }
}
