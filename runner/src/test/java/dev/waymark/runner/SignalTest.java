package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.Limits;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.internal.process.ProcessGroupsAccess;
import dev.waymark.testkit.Await;
import dev.waymark.testkit.InMemoryStateStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real JVM that works and receives a signal to end. */
@DisplayName("A signal")
@Timeout(120)
class SignalTest {
  @TempDir Path folder;

  @Test
  @DisplayName("that terminates a process makes it record its attempts and end its tasks")
  void aTerminatedProcessRecordsItsAttemptsAndTakesItsTasksWithIt() throws Exception {
    Path out = folder.resolve("out");
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Worker.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    Path pid = folder.resolve("pid");
    Await.until("the task", () -> pid.toFile().length() > 0 || !jvm.isAlive());
    assertThat(jvm.isAlive()).as(() -> read(out)).isTrue();
    long task = Long.parseLong(read(pid).strip());
    jvm.destroy();
    assertThat(jvm.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(ProcessGroupsAccess.runs(task)).isFalse();
    assertThat(read(out)).contains("CANCELLED worker stopped");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The program: runs one task that does not end, and prints what the store contains at the end.
   */
  static final class Worker {
    private Worker() {}

    public static void main(String[] arguments) {
      Path folder = Path.of(arguments[0]);
      InMemoryStateStore store = new InMemoryStateStore(InstantSource.system(), Limits.defaults());
      Runner runner =
          Runner.builder(store, Flows::read)
              .logDirectory(folder.resolve("logs"))
              .grace(Duration.ofSeconds(20))
              .build();
      ExecutionId id =
          runner.start(
              StartRequest.builder(flow("flow").task("a", "echo $$ > pid; sleep 300").save(store))
                  .directory(folder)
                  .build());
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    runner.stop();
                    store
                        .attempts(store.taskRuns(id).get(0).id())
                        .forEach(
                            attempt -> System.out.println(attempt.state() + " " + attempt.error()));
                  }));
      runner.run(id);
    }
  }
}
