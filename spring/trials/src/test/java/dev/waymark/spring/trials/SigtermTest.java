package dev.waymark.spring.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.StateStore;
import dev.waymark.postgres.PostgresStateStore;
import dev.waymark.testserver.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("SIGTERM in the middle of an attempt")
@Timeout(120)
class SigtermTest {
  private final String url = TestServer.urlOf(TestServer.newDatabase());

  /** The shop as a process, which writes lines that begin with {@code HELD: }. */
  private record Shop(Process process, BufferedReader lines) implements AutoCloseable {
    static Shop start(String url, String... more) throws IOException {
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  HeldShop.class.getName()));
      command.addAll(List.of(Application.arguments(url, more)));
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      return new Shop(process, process.inputReader(StandardCharsets.UTF_8));
    }

    String next() throws IOException {
      StringBuilder all = new StringBuilder();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        all.append(line).append('\n');
        if (line.startsWith("HELD: ")) {
          return line.substring("HELD: ".length());
        }
      }
      throw new AssertionError("the shop has ended:\n" + all);
    }

    void release() throws IOException {
      OutputStream input = process.getOutputStream();
      input.write("release\n".getBytes(StandardCharsets.UTF_8));
      input.flush();
    }

    @Override
    public void close() throws IOException {
      process.destroyForcibly();
      lines.close();
    }
  }

  @Test
  @DisplayName("lets the attempt end, starts no other one, and exits within the phase")
  void drains() throws Exception {
    try (Shop shop = Shop.start(url, "--waymark.runner.concurrency=1")) {
      ExecutionId held = held(shop);
      shop.process().toHandle().destroy(); // SIGTERM
      assertThat(shop.next()).isEqualTo("stopping");
      shop.release();
      assertThat(shop.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
      try (StateStore store = PostgresStateStore.open(url)) {
        TaskRun run = store.taskRuns(held).get(0);
        assertThat(run.state()).isEqualTo(TaskRunState.SUCCEEDED);
        assertThat(store.attempts(run.id())).hasSize(1);
        assertThat(store.execution(held).state()).isEqualTo(ExecutionState.SUCCEEDED);
        assertThat(store.leases(10)).isEmpty();
        assertThat(waiting(store)).isEqualTo(1);
      }
    }
  }

  @Test
  @DisplayName("gives up the lease of an attempt that does not end in time")
  void givesUp() throws Exception {
    try (Shop shop =
        Shop.start(
            url,
            "--waymark.runner.concurrency=1",
            "--spring.lifecycle.timeout-per-shutdown-phase=6s",
            "--waymark.runner.drain-timeout=100ms")) {
      ExecutionId held = held(shop);
      shop.process().toHandle().destroy();
      assertThat(shop.next()).isEqualTo("stopping");
      assertThat(shop.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
      try (StateStore store = PostgresStateStore.open(url)) {
        TaskRun run = store.taskRuns(held).get(0);
        assertThat(run.state()).isEqualTo(TaskRunState.RETRYING);
        assertThat(store.attempts(run.id()).get(0).state()).isEqualTo(AttemptState.CANCELLED);
        assertThat(store.leases(10)).isEmpty();
      }
    }
  }

  private static ExecutionId held(Shop shop) throws IOException {
    String line = shop.next();
    assertThat(line).startsWith("holds ");
    return ExecutionId.of(line.substring("holds ".length()));
  }

  /** The execution that was started while the only slot was in use. */
  private static long waiting(StateStore store) {
    return store
        .executions(ExecutionQuery.builder().states(ExecutionState.PENDING).build())
        .total();
  }
}
