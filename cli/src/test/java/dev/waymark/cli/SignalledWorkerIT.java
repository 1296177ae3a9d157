package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.testkit.Await;
import dev.waymark.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Workers in separate processes, on the store in the home directory of the test. */
@DisplayName("A worker that gets a signal")
class SignalledWorkerIT extends CliTest {
  /** Its first attempt runs until the file {@code go} exists; it has a child that does nothing. */
  private static final String HELD =
      """
      id: held
      tasks:
        first:
          run: |
            if [ "$WAYMARK_ATTEMPT" -gt 1 ]; then exit 0; fi
            sleep 1000 &
            echo $! > child.new && mv child.new child
            while ! test -f go; do sleep 0.01; done
            # The worker prints that it drains just before it does.
            sleep 0.5
        second: {needs: first, run: echo two}
      """;

  private static final String OTHER = "id: other\ntasks: {only: {run: echo other}}\n";

  @Test
  @DisplayName("SIGTERM lets running tasks end, starts no new task, and exits with 0")
  void drains() throws IOException {
    String held = runFile(HELD, "--detach").id();
    try (JavaProcess worker = worker("--concurrency", "1", "--name", "red")) {
      await("child", worker);
      String other = runFile(OTHER, "--detach").id();
      worker.signal("TERM");
      awaitMessage(
          "draining: no new task starts, and the worker exits when its running tasks end", worker);
      assertThat(worker.isAlive()).isTrue();
      assertThat(workers()).containsExactly("red ALIVE 1");
      assertThat(attempts(held, "first")).containsExactly("RUNNING");
      file("go", "");

      assertThat(worker.readLines()).isEmpty();
      assertThat(worker.waitFor()).isZero();
      assertThat(messages()).contains("waymark: worker stopped; continue with: waymark --store ");
      assertThat(attempts(held, "first")).containsExactly("SUCCEEDED");
      assertThat(states(held)).containsExactly("SUCCEEDED", "PENDING");
      assertThat(states(other)).containsExactly("PENDING");
      assertThat(workers()).containsExactly("red GONE 0");

      assertThat(waymark("worker", "--until-idle").exitCode()).isZero();
      assertThat(waymark("executions", "watch", held).exitCode()).isZero();
      assertThat(waymark("executions", "watch", other).exitCode()).isZero();
    }
  }

  @Test
  @DisplayName("a second SIGTERM ends running tasks at once; other workers take them over")
  void stops() throws IOException {
    String held = runFile(HELD, "--detach").id();
    try (JavaProcess worker = worker()) {
      await("child", worker);
      long child = Long.parseLong(lines("child").get(0));
      assertThat(isRunning(child)).isTrue();
      worker.signal("TERM");
      awaitMessage("draining: no new task starts", worker);
      worker.signal("TERM");

      assertThat(worker.waitFor()).isZero();
      assertThat(messages()).contains("stopping: running tasks are asked to end");
      assertThat(isRunning(child)).isFalse();
      assertThat(attempts(held, "first")).containsExactly("CANCELLED");
      assertThat(states(held)).containsExactly("RETRYING", "PENDING");
    }
    assertThat(waymark("worker", "--until-idle").exitCode()).isZero();
    assertThat(attempts(held, "first")).containsExactly("CANCELLED", "SUCCEEDED");
    assertThat(waymark("executions", "watch", held).exitCode()).isZero();
  }

  @Test
  @DisplayName("SIGTERM ends an idle worker at once, with 0")
  void idle() throws IOException {
    String done = runFile(OTHER, "--detach").id();
    try (JavaProcess worker = worker("--name", "red")) {
      Await.until("the end", () -> states(done).equals(List.of("SUCCEEDED")), worker::isAlive);
      worker.signal("TERM");
      assertThat(worker.waitFor()).isZero();
      assertThat(workers()).containsExactly("red GONE 0");
    }
  }

  @Test
  @DisplayName(
      "after kill -9 its name stays taken until its --lease expires; then it is GONE and another worker takes over its task")
  void killed() throws IOException {
    String held = runFile(HELD, "--detach").id();
    try (JavaProcess worker = worker("--name", "red", "--lease", "1s")) {
      await("child", worker);
      Run second = waymark("worker", "--until-idle", "--name", "red");
      assertThat(second.exitCode()).isEqualTo(4);
      assertThat(second.err()).startsWith("waymark: cannot record worker red as alive");
      assertThat(worker.isAlive()).isTrue();
      worker.kill();
    }
    Await.until("the end of the lease", () -> workers().equals(List.of("red GONE 1")));
    try (JavaProcess worker = worker("--name", "red")) {
      Await.until(
          "the end", () -> states(held).stream().allMatch("SUCCEEDED"::equals), worker::isAlive);
      worker.signal("TERM");
      assertThat(worker.waitFor()).isZero();
    }
    assertThat(attempts(held, "first")).containsExactly("LOST", "SUCCEEDED");
    assertThat(isRunning(Long.parseLong(lines("child").get(0)))).isFalse();
  }

  // ---- the process and its results

  private JavaProcess worker(String... options) throws IOException {
    Files.deleteIfExists(said());
    List<String> words =
        new ArrayList<>(
            List.of("--store", "sqlite:" + home.resolve(".waymark/waymark.db"), "worker"));
    words.addAll(List.of(options));
    return JavaProcess.startBy(
        List.of("sh", "-c", "exec \"$@\" 2>\"$0\"", said().toString()),
        List.of(),
        Main.class,
        words.toArray(String[]::new));
  }

  private Path said() {
    return home.resolve("said");
  }

  private String messages() {
    try {
      return Files.exists(said()) ? Files.readString(said()) : "";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void awaitMessage(String text, JavaProcess worker) {
    Await.until(text, () -> messages().contains(text), worker::isAlive);
  }

  private void await(String name, JavaProcess worker) {
    Await.until(name, () -> Files.exists(home.resolve(name)), worker::isAlive);
  }

  /** Returns each worker as {@code NAME STATE ATTEMPTS}. */
  private List<String> workers() {
    return list(parse(waymark("workers", "list", "-o", "json").out()), "items").stream()
        .map(
            worker -> worker.get("name") + " " + worker.get("state") + " " + worker.get("attempts"))
        .toList();
  }

  private List<Object> attempts(String execution, String task) {
    Map<String, Object> page =
        parse(waymark("attempts", "list", execution + "/" + task, "-o", "json").out());
    return list(page, "items").stream().map(attempt -> attempt.get("state")).toList();
  }

  /** Whether a process runs; a zombie, which has ended but was not reaped, does not run. */
  private static boolean isRunning(long pid) throws IOException {
    if (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty()) {
      return false;
    }
    Path stat = Path.of("/proc", Long.toString(pid), "stat");
    return !Files.exists(stat) || !Files.readString(stat).contains(") Z ");
  }
}
