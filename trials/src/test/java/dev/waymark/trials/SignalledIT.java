package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.Signal;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.Transition;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Await;
import dev.waymark.testkit.JavaProcess;
import dev.waymark.testkit.contract.base.Parallel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Task runs that wait for signals, and eight workers in four processes, of which one at a time is
 * killed while signals are sent. {@code waymark.test.signals} sets how many signals there are,
 * {@code waymark.test.signals.waiting} how many task runs wait, and {@code waymark.test.seed} the
 * seed.
 */
@DisplayName("Signals to executions, while workers are killed")
class SignalledIT {
  private static final int PROCESSES = 4;
  private static final int THREADS = 2;
  private static final int SENDERS = 4;
  private static final int CREATED_AT_ONCE = 250;
  private static final int SIGNALS = Integer.getInteger("waymark.test.signals", 400);
  private static final int WAITING = Integer.getInteger("waymark.test.signals.waiting", 500);
  private static final long SEED =
      Long.getLong("waymark.test.seed", new SecureRandom().nextInt(1_000_000_000));
  private static final WorkflowId WORKFLOW = new WorkflowId("approval");
  private static final Payload YES = Payload.json("\"yes\"");
  private static final Duration LONGEST_DRAIN = Duration.ofMinutes(10);

  @TempDir Path folder = Path.of("");

  @Test
  @DisplayName("wake each task run exactly once on PostgreSQL")
  void postgres() throws IOException {
    try (StoreLocation location = StoreLocation.postgres()) {
      new Round(location, folder).run();
    }
  }

  @Test
  @DisplayName("wake each task run exactly once on one SQLite file")
  void sqlite() throws IOException {
    try (StoreLocation location = StoreLocation.sqlite(folder)) {
      new Round(location, folder).run();
    }
  }

  /** One store, from its first signal to the last end. */
  private static final class Round {
    private final StoreLocation location;
    private final Path journals;
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final List<JavaProcess> processes = new ArrayList<>();
    private final List<ExecutionId> executions = new ArrayList<>();
    private int lives;

    Round(StoreLocation location, Path journals) {
      this.location = location;
      this.journals = journals;
    }

    void run() throws IOException {
      try (StateStore store = StoreLocation.open(location.url())) {
        store.saveWorkflow(new NewWorkflow(WORKFLOW, "a task that waits"));
        while (executions.size() < WAITING) {
          create(store);
        }
        while (processes.size() < PROCESSES) {
          processes.add(start());
        }
        Parallel.run(SENDERS + 1, thread -> thread < SENDERS ? send(store, thread) : kill(store));
        boolean isDone = Await.within(LONGEST_DRAIN, () -> ended(store) == SIGNALS);
        assertThat(isDone)
            .as("seed %s: all that got a signal end, %s of %s", SEED, ended(store), SIGNALS)
            .isTrue();
        Files.createFile(Claimers.stopFile(journals));
        for (JavaProcess process : processes) {
          assertThat(process.waitFor()).isZero();
        }
        check(store);
      } finally {
        processes.forEach(JavaProcess::close);
      }
    }

    private void create(StateStore store) {
      Ids ids = Ids.system();
      ChangeSet.Builder changes = ChangeSet.builder();
      for (int i = 0; i < CREATED_AT_ONCE; i++) {
        ExecutionId execution = ids.executionId();
        TaskRunId run = ids.taskRunId();
        executions.add(execution);
        changes
            .createExecution(new NewExecution(execution, WORKFLOW))
            .createTaskRun(new NewTaskRun(run, execution, new TaskId("a-0")))
            .updateExecution(execution, ExecutionState.RUNNING)
            .awaitSignal(run, "go", i % 2 == 0 ? null : Duration.ofDays(1));
      }
      store.commit(changes.build());
    }

    private JavaProcess start() {
      Path journal = journals.resolve("life-" + lives++);
      return Claimers.start(location.url(), journal, THREADS, random.nextLong());
    }

    /** Each signal is sent twice, by two senders that begin at different places. */
    private int send(StateStore store, int sender) {
      int half = SENDERS / 2;
      int share = SIGNALS / half;
      int first = sender % half * share;
      int end = sender % half == half - 1 ? SIGNALS : first + share;
      for (int i = first; i < end; i++) {
        int which = sender < half ? i : first + end - 1 - i;
        ExecutionId execution = executions.get(which);
        store.signal(execution, "go", YES, "key-" + which);
      }
      return end - first;
    }

    /** Kills a process about each second until all signals are sent and most of them have ended. */
    private int kill(StateStore store) {
      int killed = 0;
      do {
        boolean unused = Await.within(Duration.ofMillis(900), () -> false);
        int unlucky = random.nextInt(PROCESSES);
        assertThat(processes.get(unlucky).isAlive()).as("no process ends by itself").isTrue();
        processes.get(unlucky).kill();
        processes.set(unlucky, start());
        killed++;
      } while (killed < 3 || ended(store) < SIGNALS * 9 / 10);
      return killed;
    }

    private static long ended(StateStore store) {
      return store
          .executions(ExecutionQuery.builder().states(ExecutionState.SUCCEEDED).limit(1).build())
          .total();
    }

    private void check(StateStore store) {
      for (int i = 0; i < executions.size(); i++) {
        ExecutionId id = executions.get(i);
        ExecutionDetails details = Objects.requireNonNull(store.executionDetails(id));
        List<Signal> signals = store.signals(id);
        if (i >= SIGNALS) {
          assertThat(signals).isEmpty();
          assertThat(moves(details)).containsExactly("PENDING", "WAITING");
          continue;
        }
        assertThat(signals).as("signals of %s", id).hasSize(1);
        assertThat(signals.get(0).taskRunId()).isEqualTo(details.taskRuns().get(0).taskRun().id());
        assertThat(moves(details))
            .as("moves of %s", id)
            .startsWith("PENDING", "WAITING", "PENDING");
        assertThat(moves(details).stream().filter("PENDING"::equals)).hasSize(2);
        assertThat(details.taskRuns().get(0).attempts())
            .filteredOn(attempt -> attempt.state() == AttemptState.SUCCEEDED)
            .hasSize(1);
      }
    }

    private static List<String> moves(ExecutionDetails details) {
      RecordRef run = RecordRef.of(details.taskRuns().get(0).taskRun().id());
      return details.history().stream()
          .filter(each -> each.record().equals(run))
          .map(Transition::to)
          .map(state -> state.name())
          .toList();
    }
  }
}
