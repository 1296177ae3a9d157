package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.Pool;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.base.ContractTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The effects of making a task run ready that is already ready.
 *
 * @since 0.1.0
 */
public abstract class ReadyContract extends ContractTest {
  private static final Duration LONG = Duration.ofHours(1);

  /** For backends that run this topic alone. */
  protected ReadyContract() {}

  private Outcome ready(TaskRunId run, String pool, int priority, Duration delay) {
    return ready(store, run, pool, priority, delay);
  }

  private Outcome ready(StateStore by, TaskRunId run, String pool, int priority, Duration delay) {
    Outcome outcome =
        by.commit(changes().readyTaskRun(run, pool, priority, delay).build()).outcomes().get(0);
    assertThat(outcome.record()).isEqualTo(RecordRef.of(run));
    assertThat(outcome.version()).isEqualTo(1);
    return outcome;
  }

  private boolean isChanged(TaskRunId run, Duration delay) {
    return ready(run, "default", 0, delay).changed();
  }

  private Claims claim(String... pools) {
    return store.claim(new ClaimRequest("worker-1", 10, LONG, Set.of(pools)));
  }

  private static List<TaskRunId> ids(Claims claims) {
    return claims.claimed().stream().map(Claimed::taskRun).map(run -> run.id()).toList();
  }

  @Test
  @DisplayName("without a delay it can be claimed at once, also if it had a delay before")
  void sooner() {
    TaskRunId run = taskRun(execution());
    assertThat(isChanged(run, LONG)).isTrue();
    assertThat(ids(claim("default"))).isEmpty();
    assertThat(isChanged(run, Duration.ZERO)).isTrue();
    assertThat(ids(claim("default"))).containsExactly(run);
  }

  @Test
  @DisplayName("with a delay it can be claimed only after the delay has passed")
  void later() {
    TaskRunId run = taskRun(execution());
    assertThat(isChanged(run, Duration.ZERO)).isTrue();
    assertThat(isChanged(run, LONG)).isTrue();
    Claims claims = claim("default");
    assertThat(ids(claims)).isEmpty();
    assertThat(claims.next()).isBetween(Duration.ofMinutes(50), LONG);
  }

  @Test
  @DisplayName("a delay begins with the last commit that sets it")
  void otherDelay() {
    TaskRunId run = taskRun(execution());
    assertThat(isChanged(run, LONG.multipliedBy(10))).isTrue();
    assertThat(isChanged(run, LONG)).isTrue();
    assertThat(claim("default").next()).isBetween(Duration.ofMinutes(50), LONG);
    assertThat(isChanged(run, LONG.multipliedBy(3))).isTrue();
    assertThat(claim("default").next())
        .isBetween(LONG.multipliedBy(2).plusMinutes(50), LONG.multipliedBy(3));
    assertThat(isChanged(run, LONG.multipliedBy(3))).isTrue();
  }

  @Test
  @DisplayName("one that is ready and does not change is reported as unchanged")
  void unchanged() {
    ExecutionId execution = execution();
    TaskRunId first = taskRun(execution);
    TaskRunId second = taskRun(execution);
    assertThat(isChanged(first, Duration.ZERO)).isTrue();
    assertThat(isChanged(second, Duration.ZERO)).isTrue();
    assertThat(isChanged(first, Duration.ZERO)).isFalse();
    assertThat(isChanged(first, Duration.ZERO)).isFalse();
    // It keeps its place: the first ready task run is claimed first.
    assertThat(ids(store.claim(ClaimRequest.of("worker-1", 1, LONG)))).containsExactly(first);
  }

  @Test
  @DisplayName("the last pool counts")
  void pool() {
    TaskRunId run = taskRun(execution());
    ready(run, "default", 0, Duration.ZERO);
    assertThat(ready(run, "gpu", 0, Duration.ZERO).changed()).isTrue();
    assertThat(store.pools()).containsExactly(new Pool("gpu", null, 0, 1));
    assertThat(ids(claim("default"))).isEmpty();
    assertThat(ids(claim("gpu"))).containsExactly(run);
  }

  @Test
  @DisplayName("the last priority counts")
  void priority() {
    ExecutionId execution = execution();
    TaskRunId first = taskRun(execution);
    TaskRunId second = taskRun(execution);
    ready(first, "default", 5, Duration.ZERO);
    ready(second, "default", 0, Duration.ZERO);
    assertThat(ready(second, "default", 9, Duration.ZERO).changed()).isTrue();
    assertThat(ready(first, "default", 5, Duration.ZERO).changed()).isFalse();
    assertThat(ids(claim("default"))).containsExactly(second, first);
  }

  @Test
  @DisplayName("one that moves to another pool or priority goes behind the ready ones there")
  void behind() {
    ExecutionId execution = execution();
    TaskRunId there = taskRun(execution);
    TaskRunId moved = taskRun(execution);
    ready(moved, "default", 5, Duration.ZERO);
    ready(there, "default", 0, Duration.ZERO);
    assertThat(ready(moved, "default", 0, Duration.ZERO).changed()).isTrue();
    assertThat(ids(claim("default"))).containsExactly(there, moved);
  }

  @Test
  @DisplayName("several times in one change set, the last one counts")
  void inOneChangeSet() {
    TaskRunId run = taskRun(execution());
    CommitResult result =
        store.commit(
            changes()
                .readyTaskRun(run, "gpu", 3, LONG)
                .readyTaskRun(run)
                .readyTaskRun(run)
                .build());
    assertThat(result.outcomes()).extracting(Outcome::changed).containsExactly(true, true, false);
    assertThat(ids(claim("default"))).containsExactly(run);
  }

  @Test
  @DisplayName("a repeated commit gets the first answer and moves nothing")
  void repeated() {
    TaskRunId run = taskRun(execution());
    ChangeSet later = changes().readyTaskRun(run, "default", 0, LONG).build();
    CommitResult first = store.commit(later);
    ready(run, "default", 0, Duration.ZERO);
    assertThat(store.commit(later)).isEqualTo(first);
    assertThat(ids(claim("default"))).containsExactly(run);
  }

  @Test
  @DisplayName("one that was claimed is not made ready again")
  void claimed() {
    TaskRunId run = taskRun(execution());
    ready(run, "default", 0, LONG);
    ready(run, "default", 0, Duration.ZERO);
    claim("default");
    refusedFor(
        RecordRef.of(run),
        Reason.OUT_OF_STEP,
        () -> store.commit(changes().readyTaskRun(run).build()));
    AttemptId attempt = new AttemptId(run, 1);
    store.updateAttempt(attempt, AttemptState.FAILED, 1);
    CommitResult retried =
        store.commit(changes().updateTaskRun(run, TaskRunState.RETRYING).readyTaskRun(run).build());
    assertThat(retried.outcomes()).extracting(Outcome::changed).containsExactly(true, true);
    assertThat(ids(claim("default"))).containsExactly(run);
  }

  @Test
  @DisplayName(
      "a cancellation in the same change set makes it not ready, and it can become ready again")
  void cancelled() {
    ExecutionId execution = execution();
    TaskRunId first = taskRun(execution);
    TaskRunId second = taskRun(execution);
    TaskRunId third = taskRun(execution);
    ready(first, "default", 0, Duration.ZERO);
    ready(second, "gpu", 0, Duration.ZERO);
    CommitResult result =
        store.commit(
            changes()
                .readyTaskRun(first)
                .readyTaskRun(second)
                .readyTaskRun(third)
                .updateExecution(execution, ExecutionState.CANCELLING)
                .readyTaskRun(first)
                .readyTaskRun(second)
                .build());
    assertThat(result.outcomes())
        .extracting(Outcome::changed)
        .containsExactly(false, true, true, true, true, true);
    assertThat(ids(claim("default", "gpu"))).containsExactlyInAnyOrder(first, second);
  }

  @Test
  @DisplayName("one that was started without a claim is moved in the same way when it is retried")
  void startedWithoutClaim() {
    TaskRunId run = taskRun(execution());
    ready(run, "gpu", 5, LONG);
    store.updateTaskRun(run, TaskRunState.RUNNING, 1);
    store.recordAttempt(run, "worker-1");
    CommitResult retried =
        store.commit(
            changes()
                .updateAttempt(new AttemptId(run, 1), AttemptState.FAILED, 1)
                .updateTaskRun(run, TaskRunState.RETRYING)
                .readyTaskRun(run)
                .build());
    assertThat(retried.outcomes()).extracting(Outcome::changed).containsExactly(true, true, true);
    assertThat(ids(claim("gpu"))).isEmpty();
    assertThat(ids(claim("default"))).containsExactly(run);
  }

  @Test
  @DisplayName("commits of one group get separate answers")
  void inOneGroup() {
    TaskRunId run = taskRun(execution());
    List<CompletableFuture<CommitResult>> commits = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Duration delay = i % 3 == 0 ? LONG : Duration.ZERO;
      commits.add(store.commitAsync(changes().readyTaskRun(run, "default", 0, delay).build()));
    }
    assertThat(commits)
        .extracting(each -> each.join().outcomes().get(0).changed())
        .containsExactlyElementsOf(IntStream.range(0, 20).mapToObj(i -> i % 3 != 2).toList());
    assertThat(ids(claim("default"))).containsExactly(run);
  }

  @Test
  @DisplayName("one that another process has made ready is moved, and reported correctly")
  void otherProcess() {
    TaskRunId run = taskRun(execution());
    StateStore other = openAnother();
    assertThat(ready(other, run, "default", 0, LONG).changed()).isTrue();
    assertThat(isChanged(run, Duration.ZERO)).isTrue();
    assertThat(ready(other, run, "default", 0, Duration.ZERO).changed()).isFalse();
    assertThat(isChanged(run, Duration.ZERO)).isFalse();
    assertThat(ids(claim("default"))).containsExactly(run);
  }
}
