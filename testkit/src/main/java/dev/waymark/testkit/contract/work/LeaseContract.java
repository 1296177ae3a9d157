package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.LeaseLostException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims.Leased;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.base.ContractTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Renewals of many leases in one commit. Some of the leases belong to attempts that are not live.
 *
 * @since 0.1.0
 */
public abstract class LeaseContract extends ContractTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(1);

  /** For backends that run this topic alone. */
  protected LeaseContract() {}

  private AttemptId claimed(Duration lease) {
    ExecutionId execution = execution();
    TaskRunId run = taskRun(execution);
    store.commit(changes().readyTaskRun(run).build());
    return store
        .claim(ClaimRequest.of("worker-1", 1, lease).within(execution))
        .claimed()
        .get(0)
        .attempt()
        .id();
  }

  private List<AttemptId> expired() {
    return store.claim(ClaimRequest.of("looks", 0, LONG)).expired().stream()
        .map(Leased::attempt)
        .toList();
  }

  private void awaitExpired(AttemptId... attempts) {
    while (!expired().containsAll(List.of(attempts))) {
      Thread.onSpinWait();
    }
  }

  private static Outcome renewed(AttemptId id) {
    return new Outcome(RecordRef.of(id), id.number(), true);
  }

  private static Outcome notRenewed(AttemptId id, int newest) {
    return new Outcome(RecordRef.of(id), newest, false);
  }

  @Test
  @DisplayName("an attempt that is not live does not prevent the renewal of others")
  void neighbours() {
    AttemptId first = claimed(SHORT);
    AttemptId ended = claimed(SHORT);
    AttemptId lost = claimed(LONG);
    AttemptId followed = claimed(LONG);
    AttemptId last = claimed(SHORT);
    store.updateAttempt(ended, AttemptState.SUCCEEDED, 0);
    store.updateAttempt(lost, AttemptState.LOST, "taken for dead");
    store.updateAttempt(followed, AttemptState.FAILED, 1);
    store.recordAttempt(followed.taskRunId(), "another");
    AttemptId unknown = new AttemptId(ids.taskRunId(), 1);
    AttemptId future = new AttemptId(first.taskRunId(), 2);
    awaitExpired(first, last);

    assertThat(
            store.renewLeases(List.of(ended, first, lost, followed, unknown, future, last), LONG))
        .containsExactly(
            notRenewed(ended, 1),
            renewed(first),
            notRenewed(lost, 1),
            notRenewed(followed, 2),
            notRenewed(unknown, 0),
            notRenewed(future, 1),
            renewed(last));
    assertThat(expired()).isEmpty();
  }

  @Test
  @DisplayName("an attempt that is not live gets no lease, and a renewal does not change it")
  void nothingIsRevived() {
    AttemptId ended = claimed(LONG);
    AttemptId lost = claimed(SHORT);
    store.updateAttempt(ended, AttemptState.FAILED, 1, "broken");
    awaitExpired(lost);
    store.commit(
        changes()
            .loseAttempt(lost, "gone")
            .updateTaskRun(lost.taskRunId(), TaskRunState.RETRYING)
            .build());
    var before =
        List.of(stored(ended), stored(lost), stored(ended.taskRunId()), stored(lost.taskRunId()));
    store.renewLeases(List.of(ended, lost), LONG);
    assertThat(
            List.of(
                stored(ended), stored(lost), stored(ended.taskRunId()), stored(lost.taskRunId())))
        .isEqualTo(before);
    assertThat(store.leases(10)).isEmpty();
  }

  @Test
  @DisplayName("a renewal does not give a lease to a live attempt without one")
  void withoutLease() {
    TaskRunId run = taskRunIn(execution(), TaskRunState.RUNNING);
    store.recordAttempt(run, "worker-1");
    AttemptId attempt = new AttemptId(run, 1);
    assertThat(store.renewLeases(List.of(attempt), LONG)).containsExactly(notRenewed(attempt, 1));
    assertThat(stored(attempt).state()).isEqualTo(AttemptState.RUNNING);
    assertThat(store.leases(10)).isEmpty();
  }

  @Test
  @DisplayName("the renewal of no lease writes nothing")
  void none() {
    assertThat(store.renewLeases(List.of(), LONG)).isEmpty();
  }

  @Test
  @DisplayName("the other changes of a change set are applied whether or not a lease was renewed")
  void mixed() {
    AttemptId live = claimed(LONG);
    AttemptId ended = claimed(LONG);
    store.updateAttempt(ended, AttemptState.SUCCEEDED, 0);
    CommitResult result =
        store.commit(
            changes()
                .renewLeaseIfLive(ended, LONG)
                .setOutputs(new AttemptId(live.taskRunId(), 1), Map.of("a", "b"))
                .renewLeaseIfLive(live, LONG)
                .build());
    assertThat(result.outcomes()).extracting(Outcome::changed).containsExactly(false, true, true);
  }

  @Test
  @DisplayName("a plain renewal of a lost attempt still refuses its whole change set")
  void fence() {
    AttemptId live = claimed(SHORT);
    AttemptId ended = claimed(LONG);
    store.updateAttempt(ended, AttemptState.SUCCEEDED, 0);
    awaitExpired(live);
    refused(
        LeaseLostException.class,
        () -> store.commit(changes().renewLeaseIfLive(live, LONG).renewLease(ended, LONG).build()));
    assertThat(expired()).containsExactly(live);
  }

  @Test
  @DisplayName("an attempt that ends in the same change set is not renewed after its end")
  void afterTheEnd() {
    AttemptId attempt = claimed(LONG);
    CommitResult result =
        store.commit(
            changes()
                .renewLeaseIfLive(attempt, LONG)
                .updateAttempt(attempt, AttemptState.SUCCEEDED, 0)
                .renewLeaseIfLive(attempt, LONG)
                .build());
    assertThat(result.outcomes()).extracting(Outcome::changed).containsExactly(true, true, false);
    assertThat(store.leases(10)).isEmpty();
  }

  @Test
  @DisplayName("a repeated renewal gets the outcomes of the first, also after attempts have ended")
  void repeated() {
    AttemptId live = claimed(LONG);
    AttemptId ended = claimed(LONG);
    store.updateAttempt(ended, AttemptState.SUCCEEDED, 0);
    ChangeSet renewals =
        changes().renewLeaseIfLive(ended, LONG).renewLeaseIfLive(live, LONG).build();
    CommitResult first = store.commit(renewals);
    store.updateAttempt(live, AttemptState.SUCCEEDED, 0);
    assertThat(store.commit(renewals)).isEqualTo(first);
    assertThat(store.leases(10)).isEmpty();
  }

  @Test
  @DisplayName(
      "a lease that another process has ended is not renewed, and one that it has claimed is")
  void otherProcess() {
    AttemptId mine = claimed(LONG);
    AttemptId taken = claimed(LONG);
    store.renewLeases(List.of(mine, taken), LONG);
    try (StateStore other = openAnother()) {
      other.updateAttempt(taken, AttemptState.LOST, "taken for dead");
      ExecutionId execution = execution();
      TaskRunId run = taskRun(execution);
      store.commit(changes().readyTaskRun(run).build());
      AttemptId claimed =
          other
              .claim(ClaimRequest.of("worker-2", 1, LONG).within(execution))
              .claimed()
              .get(0)
              .attempt()
              .id();
      assertThat(store.renewLeases(List.of(taken, mine, claimed), LONG))
          .containsExactly(notRenewed(taken, 1), renewed(mine), renewed(claimed));
    }
  }
}
