package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.testkit.Await;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("worker and workers list")
class WorkersTest extends CliTest {
  private static final String HELD =
      "id: held\ntasks: {a: {run: 'touch up; while ! test -f go; do sleep 0.01; done'}}\n";

  @Test
  @DisplayName(
      "a worker is listed as ALIVE with its settings while it runs, and as GONE after that")
  void listed() {
    waymark("pools", "set", "gpu", "--slots", "1");
    assertThat(waymark("workers", "list")).isEqualTo(new Run(0, "", "no workers\n"));
    runFile(HELD, "--detach");
    Background worker =
        begin(
            "worker --until-idle --name red --concurrency 3 --lease 1m --pool default --pool gpu"
                .split(" ", -1));
    awaitFile("up");
    Map<String, Object> alive = onlyWorker();
    assertThat(alive.keySet())
        .containsExactly("name", "state", "attempts", "startedAt", "seenAt", "info");
    assertThat(alive)
        .containsEntry("name", "red")
        .containsEntry("state", "ALIVE")
        .containsEntry("attempts", 1);
    assertThat(info(alive))
        .containsEntry("concurrency", "3")
        .containsEntry("lease", "1m")
        .containsEntry("pools", "default,gpu")
        .containsEntry("pid", Long.toString(ProcessHandle.current().pid()))
        .containsKey("host");
    assertThat(Instant.parse((String) alive.get("startedAt")))
        .isBeforeOrEqualTo(Instant.parse((String) alive.get("seenAt")));
    assertThat(waymark("workers", "list").out())
        .matches(
            "NAME  STATE  ATTEMPTS  STARTED +LAST SEEN +INFO\n"
                + "red   ALIVE         1  .* concurrency=3, .*\n");

    file("go", "");
    assertThat(worker.await().exitCode()).isZero();
    assertThat(onlyWorker()).containsEntry("state", "GONE").containsEntry("attempts", 0);
    assertThat(waymark("workers", "list").out()).contains("red   GONE          0  ");
  }

  @Test
  @DisplayName("a worker without a name gets a new unique name each time")
  void unnamed() {
    waymark("worker", "--until-idle");
    waymark("worker", "--until-idle");
    assertThat(workers()).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  @DisplayName(
      "a worker is refused with 4 while another live worker has its name, and claims nothing")
  void takenName() {
    runFile(HELD, "--detach");
    Background first = begin("worker", "--until-idle", "--name", "red", "--concurrency", "1");
    awaitFile("up");
    String waiting = runFile(HELLO, "--detach").id();
    Run second = waymark("worker", "--until-idle", "--name", "red");
    assertThat(second.exitCode()).isEqualTo(4);
    assertThat(second.out()).isEmpty();
    assertThat(second.err())
        .startsWith("waymark: cannot record worker red as alive")
        .contains("use another name")
        .hasLineCount(1);
    assertThat(onlyWorker()).containsEntry("state", "ALIVE").containsEntry("attempts", 1);
    assertThat(states(waiting)).containsOnly("PENDING");

    file("go", "");
    assertThat(first.await().exitCode()).isZero();
    assertThat(waymark("worker", "--until-idle", "--name", "red").exitCode()).isZero();
  }

  @Test
  @DisplayName("--pool runs only tasks of these pools")
  void pools() {
    String id =
        runFile(
                """
                id: pooled
                tasks:
                  a: {pool: gpu, run: echo a}
                  b: {pool: disk, run: echo b}
                  c: {run: echo c}
                """,
                "--detach")
            .id();
    assertThat(waymark("worker", "--until-idle", "--pool", "gpu").exitCode()).isZero();
    assertThat(states(id)).containsExactly("SUCCEEDED", "PENDING", "PENDING");
    assertThat(waymark("worker", "--until-idle").exitCode()).isZero();
    assertThat(states(id)).containsExactly("SUCCEEDED", "PENDING", "SUCCEEDED");
    assertThat(waymark("worker", "--until-idle", "--pool", "gpu", "--pool", "disk").exitCode())
        .isZero();
    assertThat(states(id)).containsOnly("SUCCEEDED");
  }

  @Test
  @DisplayName("--concurrency limits how many tasks run at once")
  void concurrency() {
    String witness =
        """
        id: witness
        tasks:
          a: &task
            run: |
              mkdir "running-$WAYMARK_TASK_ID"
              ls -d running-* | wc -l >> seen
              while ! test -f "go"; do sleep 0.01; done
              rmdir "running-$WAYMARK_TASK_ID"
          b: *task
          c: *task
          d: *task
        """;
    String id = runFile(witness, "--detach").id();
    Background worker = begin("worker", "--until-idle", "--concurrency", "2");
    Await.until(
        "two tasks at the same time",
        () -> home.resolve("seen").toFile().exists() && lines("seen").contains("2"),
        worker::isRunning);
    file("go", "");
    assertThat(worker.await().exitCode()).isZero();
    assertThat(lines("seen")).hasSize(4).isSubsetOf("1", "2");
    assertThat(states(id)).containsOnly("SUCCEEDED");
  }

  @Test
  @DisplayName("--until-idle waits for the delay of a retry, but not for paused executions")
  void untilIdle() {
    String held = runFile(HELLO, "--detach").id();
    waymark("executions", "pause", held);
    String id = runFile(FLAKY.replace("delay: 1ms", "delay: 700ms"), "--detach").id();
    Run worker = waymark("worker", "--until-idle");
    assertThat(worker.exitCode()).isZero();
    assertThat(worker.out()).isEmpty();
    assertThat(worker.err()).contains("once: attempt 1 failed", "once: succeeded at attempt 2");
    assertThat(states(id)).containsExactly("SUCCEEDED");
    assertThat(states(held)).containsOnly("PENDING");
    // There is no work at all.
    assertThat(waymark("worker", "--until-idle")).isEqualTo(new Run(0, "", ""));
  }

  @ParameterizedTest(name = "worker {0}")
  @DisplayName("wrong arguments exit with 2 and print one line with what is allowed")
  @CsvSource(
      delimiter = '|',
      value = {
        "--lease 10ms | lease is 10ms; it must be at least 100ms",
        "--lease 999999999d | lease is 999999999d; it must be at least 100ms, so that it can be"
            + " renewed in time, and at most 365d",
        "--name | option --name requires a value",
        "--name= | name of a worker is empty",
        "--pool g:pu | pool \"g:pu\" is not a valid name",
        "--concurrency 10001 | --concurrency 10001 is out of range; use 1 to 10,000",
        "--until-idle --until-idle | --until-idle was given twice",
      })
  void wrongWords(String words, String message) {
    Run run = waymark(("worker --until-idle " + words).split(" ", -1));
    assertThat(run.err()).startsWith("waymark: " + message);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
  }

  private List<Map<String, Object>> listed(String... command) {
    return list(parse(waymark(command).out()), "items");
  }

  private Map<String, Object> onlyWorker() {
    List<Map<String, Object>> workers = listed("workers", "list", "-o", "json");
    assertThat(workers).hasSize(1);
    return workers.get(0);
  }

  private List<Object> workers() {
    return listed("workers", "list", "-o", "json").stream().map(w -> w.get("name")).toList();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> info(Map<String, Object> worker) {
    return (Map<String, Object>) worker.get("info");
  }
}
