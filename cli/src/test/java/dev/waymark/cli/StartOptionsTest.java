package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("run --idempotency-key and run --priority")
class StartOptionsTest extends CliTest {
  private static final String KEY = "--idempotency-key";

  @Test
  @DisplayName(
      "a second start with the same key returns the same execution, for a file and for an id")
  void sameKey() {
    Run first = runFile(HELLO, KEY, "2026-01-31");
    assertThat(first.exitCode()).isZero();
    Run second = runFile(HELLO, KEY, "2026-01-31");
    assertThat(second.exitCode()).isZero();
    assertThat(second.lastLine()).isEqualTo(first.lastLine());
    assertThat(second.out()).startsWith("workflow/hello unchanged (revision 1)\n");
    assertThat(waymark("run", "hello", KEY, "2026-01-31").id()).isEqualTo(first.id());
    assertThat(waymark("run", "hello", KEY, "2026-01-31", "--detach").id()).isEqualTo(first.id());
    assertThat(parse(waymark("executions", "list", "-o", "json").out())).containsEntry("total", 1);

    assertThat(waymark("run", "hello", KEY, "2026-02-01").id()).isNotEqualTo(first.id());
    file("other.yaml", HELLO.replace("id: hello", "id: other"));
    assertThat(waymark("run", "-f", "other.yaml", KEY, "2026-01-31").id()).isNotEqualTo(first.id());
    assertThat(parse(waymark("executions", "list", "-o", "json").out())).containsEntry("total", 3);
  }

  @Test
  @DisplayName("a second start with the same key waits for the first, which a worker runs")
  void sameKeyWhileItRuns() {
    String held =
        "id: held\ntasks: {a: {run: 'touch up; while ! test -f go; do sleep 0.01; done'}}\n";
    String id = runFile(held, KEY, "k", "--detach").id();
    Background worker = begin("worker", "--until-idle");
    awaitFile("up");
    Background second = begin("run", "held", KEY, "k");
    Await.until(
        "the second start", () -> second.err().contains("execution " + id), second::isRunning);
    file("go", "");
    Run run = second.await();
    assertThat(run.exitCode()).isZero();
    assertThat(run.id()).isEqualTo(id);
    worker.await();
    assertThat(list(parse(waymark("attempts", "list", id + "/a", "-o", "json").out()), "items"))
        .hasSize(1);
  }

  @Test
  @DisplayName("the same key for another request is refused with 4, and nothing is applied")
  void otherRequest() {
    String id = runFile(HELLO, KEY, "k").id();
    Run inputs = runFile(HELLO, KEY, "k", "-p", "name=Bob");
    assertThat(inputs.exitCode()).isEqualTo(4);
    assertThat(inputs.err()).startsWith("waymark: cannot start").contains(id, "set of inputs");
    Run labels = waymark("run", "hello", KEY, "k", "--label", "a=b");
    assertThat(labels.exitCode()).isEqualTo(4);
    assertThat(labels.err()).contains(id, "labels");
    Run priority = waymark("run", "hello", KEY, "k", "--priority", "1");
    assertThat(priority.exitCode()).isEqualTo(4);

    Run file = runFile(HELLO + "# changed\n", KEY, "k");
    assertThat(file.exitCode()).isEqualTo(4);
    assertThat(file.out()).isEmpty();
    assertThat(file.err())
        .contains(id, "nothing was applied; use another --idempotency-key")
        .doesNotContain("--id ");
    assertThat(parse(waymark("workflows", "history", "hello", "-o", "json").out()))
        .containsEntry("total", 1);
    assertThat(parse(waymark("executions", "list", "-o", "json").out())).containsEntry("total", 1);
  }

  @Test
  @DisplayName("a key together with an id, or an empty key, is refused before anything is applied")
  void wrongKeys() {
    String id = "018f2d1c-7b5e-7cc4-9e3a-4f2b8a6d0c11";
    assertThat(runFile(HELLO, KEY, "k", "--id", id))
        .isEqualTo(new Run(2, "", "waymark: give --id or --idempotency-key, not both\n"));
    assertThat(runFile(HELLO, KEY + "="))
        .isEqualTo(
            new Run(2, "", "waymark: the idempotency key is empty; give one, or leave it out\n"));
    assertThat(waymark("workflows", "list").err()).contains("no store at ");
  }

  // ---- priority

  private static final String ORDERED =
      """
      id: ordered
      priority: 5
      inputs: {name: {}}
      tasks:
        first: {run: echo "$INPUT_NAME first" >> order}
        second: {needs: first, run: echo "$INPUT_NAME second" >> order}
      """;

  @Test
  @DisplayName("tasks with a higher priority run first, and the option overrides the workflow")
  void priority() throws IOException {
    assertThat(runFile(ORDERED, "-p", "name=plain", "--detach").exitCode()).isZero();
    assertThat(start("low", "--priority", "-100").exitCode()).isZero();
    assertThat(start("less", "--priority=4").exitCode()).isZero();
    assertThat(start("high", "--priority", "100").exitCode()).isZero();
    assertThat(start("as the workflow", "--priority", "5").exitCode()).isZero();
    assertThat(waymark("worker", "--until-idle", "--concurrency", "1").exitCode()).isZero();
    assertThat(Files.readAllLines(home.resolve("order")))
        .startsWith("high first", "high second")
        .endsWith("less first", "less second", "low first", "low second")
        .hasSize(10);
  }

  private Run start(String name, String... words) {
    String[] all = new String[words.length + 5];
    all[0] = "run";
    all[1] = "ordered";
    all[2] = "-p";
    all[3] = "name=" + name;
    all[4] = "--detach";
    System.arraycopy(words, 0, all, 5, words.length);
    return waymark(all);
  }

  @ParameterizedTest(name = "--priority {0}")
  @DisplayName("an invalid priority is refused")
  @CsvSource({"101", "-101", "high", "1.5"})
  void wrongPriority(String priority) {
    Run run = runFile(HELLO, "--priority", priority);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("waymark: --priority").contains("use -100 to 100");
    assertThat(home.resolve(".waymark")).doesNotExist();
  }

  @Test
  @DisplayName("an execution continues the trace of the program that has called the command")
  void callerTrace() {
    String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    environment.put("TRACEPARENT", parent);
    environment.put("TRACESTATE", "vendor=1");
    String traced = "id: traced\ntasks: {a: {run: 'echo $TRACEPARENT $TRACESTATE'}}\n";
    String id = runFile(traced).id();
    assertThat(waymark("logs", id).out()).contains(parent + " vendor=1");

    environment.put("TRACEPARENT", "no trace");
    Run wrong = waymark("run", "traced");
    assertThat(wrong.exitCode()).isZero();
    assertThat(waymark("logs", wrong.id()).out()).doesNotContain(parent);
  }
}
