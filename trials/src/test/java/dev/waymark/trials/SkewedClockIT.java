package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ExecutionDetails.TaskRunDetails;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.testkit.Await;
import dev.waymark.testserver.TestServer;
import dev.waymark.trials.Workload.Starter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All durations are measured by the clock of the database. */
@DisplayName("Workers whose clocks are an hour ahead, an hour behind, and correct")
class SkewedClockIT {
  private static final Duration LEASE = Duration.ofSeconds(2);

  /** How much later something may happen on a busy machine. */
  private static final Duration BOUND = Duration.ofSeconds(15);

  @TempDir Path folder = Path.of("");
  private final String schema = TestServer.newName();
  private final StoreLocation location = StoreLocation.postgres(schema);
  private final StateStore store = StoreLocation.open(location.url());
  private final AttemptRecorder recorder = AttemptRecorder.in(schema);
  private final Map<Clock, WorkerProcess> workers = new EnumMap<>(Clock.class);

  /** The offset of a worker's clock. */
  enum Clock {
    AHEAD(Duration.ofHours(1)),
    BACK(Duration.ofHours(-1)),
    RIGHT(Duration.ZERO);

    private final Duration offset;

    Clock(Duration offset) {
      this.offset = offset;
    }

    /** The name of the worker with this clock. */
    String worker() {
      return "host-" + name();
    }
  }

  @AfterEach
  void end() {
    workers.values().forEach(WorkerProcess::close);
    store.close();
    location.close();
  }

  private void start(Clock... clocks) {
    for (Clock clock : clocks) {
      WorkerSettings settings =
          WorkerSettings.of(location.url(), clock.worker(), folder.resolve(clock.worker()), LEASE)
              .withClockOffset(clock.offset);
      workers.put(clock, WorkerProcess.start(settings));
    }
    for (Clock clock : clocks) {
      Ping.answered(store, clock.worker());
    }
  }

  @Test
  @DisplayName("keep their tasks for many times their lease")
  void keepTheirLeases() throws IOException {
    start(Clock.values());
    Map<ExecutionId, Path> all = new LinkedHashMap<>();
    for (Clock clock : Clock.values()) {
      Path location = Files.createTempDirectory(folder, "kept");
      all.put(
          begin(
              """
              id: kept-%1$s
              tasks: {only: {pool: %1$s, uses: hold, with: {folder: "%2$s"}}}
              """
                  .formatted(clock.worker(), location)),
          location);
    }
    for (Map.Entry<ExecutionId, Path> each : all.entrySet()) {
      Await.until("the attempt", () -> Files.exists(each.getValue().resolve("begun")));
      TaskRunId run = only(each.getKey()).taskRun().id();
      Duration many = recorder.firstLeaseEnds(run, 1).plus(LEASE.multipliedBy(4));
      Await.until("many leases", () -> recorder.lastLeaseEnds(run, 1).compareTo(many) > 0);
    }
    for (Map.Entry<ExecutionId, Path> each : all.entrySet()) {
      Files.createFile(each.getValue().resolve("go"));
      awaitEnd(each.getKey(), ExecutionState.SUCCEEDED);
      assertThat(only(each.getKey()).attempts())
          .extracting(Attempt::state)
          .containsExactly(AttemptState.SUCCEEDED);
    }
  }

  @ParameterizedTest(name = "{0} that was killed is followed by {1}")
  @CsvSource({"RIGHT, AHEAD", "RIGHT, BACK", "AHEAD, BACK", "BACK, AHEAD"})
  @DisplayName("take over the task of a killed worker when its lease has expired, and not before")
  void takeOver(Clock victim, Clock follower) throws IOException {
    start(victim);
    try (HeldTask held = HeldTask.handler(store, folder)) {
      assertThat(held.awaitWorker()).isEqualTo(victim.worker());
      start(follower);
      Objects.requireNonNull(workers.get(victim)).kill();
      held.awaitDone();
      held.checkTakenFrom(victim.worker());
      TaskRunId run = held.taskRun();
      assertBetween(
          "after the end of the lease",
          recorder.movedAt(run, 1, AttemptState.LOST).minus(recorder.lastLeaseEnds(run, 1)),
          Duration.ZERO);
    }
  }

  @Test
  @DisplayName("pause between attempts as long as configured")
  void pauseForAsLongAsTheyShould() {
    start(Clock.values());
    StringBuilder file = new StringBuilder("id: pauses\ntasks:\n");
    for (int i = 1; i <= 6; i++) {
      file.append(
          """
            t%d:
              uses: flaky
              with: {succeeds-at: "3"}
              retry: {max-attempts: 3, delay: 1s, backoff: 2, jitter: 0}
          """
              .formatted(i));
    }
    ExecutionId id = begin(file.toString());
    awaitEnd(id, ExecutionState.SUCCEEDED);
    Set<String> took = new TreeSet<>();
    for (TaskRunDetails each : details(id).taskRuns()) {
      each.attempts().forEach(attempt -> took.add(attempt.worker()));
      assertThat(each.attempts())
          .extracting(Attempt::state)
          .containsExactly(AttemptState.FAILED, AttemptState.FAILED, AttemptState.SUCCEEDED);
      assertPause(each.taskRun().id(), 1, Duration.ofSeconds(1));
      assertPause(each.taskRun().id(), 2, Duration.ofSeconds(2));
    }
    assertThat(took).as("several workers take part").hasSizeGreaterThan(1);
  }

  private void assertPause(TaskRunId run, int after, Duration pause) {
    assertBetween("pause after attempt " + after, pause(run, after), pause);
  }

  private Duration pause(TaskRunId run, int after) {
    return recorder
        .movedAt(run, after + 1, AttemptState.RUNNING)
        .minus(recorder.movedAt(run, after, AttemptState.FAILED));
  }

  @Test
  @DisplayName("end an execution when its time-out has expired, and not before")
  void timeOut() {
    start(Clock.values());
    Duration timeout = Duration.ofSeconds(3);
    Map<Clock, ExecutionId> all = new EnumMap<>(Clock.class);
    for (Clock clock : Clock.values()) {
      all.put(
          clock,
          begin(
              """
              id: late-%1$s
              timeout: 3s
              tasks: {only: {pool: %1$s, run: sleep 600}}
              """
                  .formatted(clock.worker())));
    }
    all.forEach(
        (clock, id) -> {
          awaitEnd(id, ExecutionState.FAILED);
          TaskRunId run = only(id).taskRun().id();
          assertBetween(
              "time of the attempt of " + clock.worker(),
              recorder
                  .movedAt(run, 1, AttemptState.FAILED)
                  .minus(recorder.movedAt(run, 1, AttemptState.RUNNING)),
              timeout);
        });
  }

  @Test
  @DisplayName("together bring every execution to its end, also paused ones")
  void nothingIsStuck() throws IOException {
    start(Clock.values());
    ExecutionId bounded =
        begin("id: bounded\ntimeout: 30m\ntasks: {a: {uses: count}, b: {needs: a, uses: count}}\n");
    ExecutionId paused =
        begin(
            """
            id: paused
            tasks:
              a: {uses: flaky, with: {succeeds-at: "2"}, retry: {max-attempts: 2, delay: 2s, jitter: 0}}
            """);
    Await.until("the first attempt", () -> hasFailed(paused));
    assertThat(Runner.pause(store, paused)).isEqualTo(ExecutionState.PAUSED);
    assertThat(Runner.resume(store, paused)).isEqualTo(ExecutionState.RUNNING);
    awaitEnd(paused, ExecutionState.SUCCEEDED);
    // The rest of a pause is measured by clocks that differ, but is never more than the whole.
    TaskRunId run = only(paused).taskRun().id();
    assertBetween("pause while paused", pause(run, 1), Duration.ZERO);
    try (Starter starter = new Starter(store, 100, folder)) {
      starter.startUpTo(Long.MAX_VALUE);
      long all = starter.started() + 2 + Clock.values().length;
      assertThat(Await.within(Duration.ofMinutes(3), () -> Workload.ended(store) == all))
          .as("%d of %d ended", Workload.ended(store), all)
          .isTrue();
    }
    workers.values().forEach(WorkerProcess::drain);
    assertThat(store.execution(bounded)).isNotNull();
    Workload.checkAllDone(location, store);
  }

  private boolean hasFailed(ExecutionId id) {
    return only(id).attempts().stream().anyMatch(each -> each.state() == AttemptState.FAILED);
  }

  private ExecutionId begin(String file) {
    try (Runner runner = Runner.builder(store, Workload::read).build()) {
      return runner.start(
          StartRequest.builder(Workload.save(store, file)).directory(folder).build());
    }
  }

  private void awaitEnd(ExecutionId id, ExecutionState state) {
    Await.until("the end of " + id, () -> details(id).execution().state().isTerminal());
    assertThat(details(id).execution().state()).as("%s", details(id)).isEqualTo(state);
  }

  private ExecutionDetails details(ExecutionId id) {
    return Objects.requireNonNull(store.executionDetails(id));
  }

  private TaskRunDetails only(ExecutionId id) {
    return details(id).taskRuns().get(0);
  }

  private static void assertBetween(String what, Duration time, Duration least) {
    System.out.println(what + ": " + time);
    assertThat(time).as(what).isBetween(least, least.plus(BOUND));
  }
}
