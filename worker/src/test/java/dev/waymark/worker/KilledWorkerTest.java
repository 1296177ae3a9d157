package dev.waymark.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Await;
import dev.waymark.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("Workers whose processes are killed (kill -9)")
@Timeout(240)
class KilledWorkerTest extends WorkerFixture {
  private static final int PROCESSES = 2;
  private static final int KILLS = 5;
  private static final int EXECUTIONS = 60;

  @ParameterizedTest
  @EnumSource(names = {"SQLITE", "POSTGRES"})
  @DisplayName("lose nothing, run nothing twice at once, and each task succeeds once")
  void killed(Backend backend) throws IOException, InterruptedException {
    StateStore store = use(backend);
    Path files = Files.createDirectory(folder.resolve("files"));
    List<ExecutionId> ids = new ArrayList<>();
    for (int i = 0; i < EXECUTIONS; i++) {
      ids.add(submit(store));
    }
    List<JavaProcess> processes = new ArrayList<>();
    try {
      for (int i = 0; i < PROCESSES; i++) {
        processes.add(program(backend, files));
      }
      for (int i = 0; i < KILLS; i++) {
        int open = open(store, ids);
        Await.until(
            "something has ended since",
            () -> open == 0 || open(store, ids) < open,
            processes.get(i % PROCESSES)::isAlive);
        processes.get(i % PROCESSES).kill();
        processes.set(i % PROCESSES, program(backend, files));
      }
      for (ExecutionId id : ids) {
        ended(store, id, ExecutionState.SUCCEEDED);
      }
    } finally {
      processes.forEach(JavaProcess::close);
    }
    int lost = 0;
    for (ExecutionId id : ids) {
      assertThat(store.taskRuns(id)).hasSize(4);
      for (TaskRun run : store.taskRuns(id)) {
        List<AttemptState> states = store.attempts(run.id()).stream().map(Attempt::state).toList();
        assertThat(states)
            .endsWith(AttemptState.SUCCEEDED)
            .containsOnlyOnce(AttemptState.SUCCEEDED);
        lost += states.size() - 1;
      }
    }
    assertThat(lost).as("attempts of killed processes").isPositive();
    try (Stream<Path> found = Files.list(files)) {
      assertThat(found.map(Path::getFileName).map(Path::toString))
          .noneMatch(name -> name.startsWith("overlap-"))
          .hasSize(4 * EXECUTIONS);
    }
  }

  private JavaProcess program(Backend backend, Path files) {
    JavaProcess process = JavaProcess.start(KilledProgram.class, url(backend), files.toString());
    assertThat(process.readLine()).startsWith("works as ");
    return process;
  }

  private static int open(StateStore store, List<ExecutionId> ids) {
    return (int) ids.stream().filter(id -> !store.execution(id).state().isTerminal()).count();
  }
}
