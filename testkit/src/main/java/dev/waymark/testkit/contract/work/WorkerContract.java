package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.conflict.LeaseLostException;
import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Worker;
import dev.waymark.testkit.contract.base.ContractTest;
import dev.waymark.testkit.contract.base.Parallel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Workers: which workers are alive, and which process owns a name.
 *
 * @since 0.1.0
 */
public abstract class WorkerContract extends ContractTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(1);
  private static final UUID FIRST = new UUID(1, -1);
  private static final UUID SECOND = new UUID(2, 2);

  /** For backends that run this topic alone. */
  protected WorkerContract() {}

  @Override
  protected Limits limits() {
    return Limits.builder().maxWorkerBytes(20).maxInfoBytes(30).build();
  }

  private void keep(String name, UUID life, Duration lease) {
    store.commit(changes().keepWorker(name, life, lease, Map.of()).build());
  }

  private void retire(String name, UUID life) {
    store.commit(changes().retireWorker(name, life).build());
  }

  private Worker worker(String name) {
    return store.workers().stream()
        .filter(worker -> worker.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Registers a worker for a moment, and waits until it is no longer alive. */
  private Worker keepUntilOver(String name, UUID life) {
    keep(name, life, SHORT);
    while (worker(name).alive()) {
      Thread.onSpinWait();
    }
    return worker(name);
  }

  @Test
  @DisplayName("a registered worker is alive, with the information that it published")
  void kept() {
    assertThat(store.workers()).isEmpty();
    Map<String, String> info = Map.of("host", "büro-7", "version", "1.2\n");
    store.commit(changes().keepWorker("w", FIRST, LONG, info).build());
    Worker first = worker("w");
    assertThat(first.life()).isEqualTo(FIRST);
    assertThat(first.alive()).isTrue();
    assertThat(first.info()).isEqualTo(info);
    assertThat(first.attempts()).isZero();
    assertThat(first.startedAt()).isBeforeOrEqualTo(first.seenAt());
    keep("w", FIRST, LONG);
    Worker again = worker("w");
    assertThat(again.startedAt()).isEqualTo(first.startedAt());
    assertThat(again.seenAt()).isAfterOrEqualTo(first.seenAt());
    assertThat(again.info()).isEmpty();
  }

  @Test
  @DisplayName("workers are listed by name, in the order of their bytes")
  void listed() {
    List<String> names = List.of("Z", "a", "b-1", "b-10", "b-2", "ä", "\uFB01", "\uD83D\uDE80");
    for (int i = names.size(); i-- > 0; ) {
      keep(names.get(i), FIRST, LONG);
    }
    assertThat(store.workers()).extracting(Worker::name).containsExactlyElementsOf(names);
  }

  @Test
  @DisplayName("a worker has as many attempts as there are leases under its name")
  void attempts() {
    keep("w", FIRST, LONG);
    keep("idle", FIRST, LONG);
    for (int i = 0; i < 3; i++) {
      TaskRunId run = taskRun(execution());
      store.commit(changes().readyTaskRun(run).build());
    }
    AttemptId one = store.claim(ClaimRequest.of("w", 2, LONG)).claimed().get(0).attempt().id();
    store.claim(ClaimRequest.of("unknown", 1, LONG));
    assertThat(worker("w").attempts()).isEqualTo(2);
    assertThat(worker("idle").attempts()).isZero();
    store.updateAttempt(one, AttemptState.SUCCEEDED, 0);
    assertThat(worker("w").attempts()).isEqualTo(1);
  }

  @Test
  @DisplayName("a name that another life holds is refused, with that life and the next step")
  void taken() {
    keep("w", FIRST, LONG);
    Refusal refusal =
        refusedFor(RecordRef.ofWorker("w"), Reason.ALREADY_EXISTS, () -> keep("w", SECOND, LONG));
    assertThat(refusal.message())
        .contains(
            FIRST.toString(), SECOND.toString(), "wait until its lease expires", "another name");
    assertThat(worker("w").life()).isEqualTo(FIRST);
    keep("w-2", SECOND, LONG);
    assertThat(store.workers()).hasSize(2);
  }

  @Test
  @DisplayName("a name is free after its lease has expired, and then that life has lost it")
  void takenOver() {
    Worker first = keepUntilOver("w", FIRST);
    keep("w", SECOND, LONG);
    Worker second = worker("w");
    assertThat(second.life()).isEqualTo(SECOND);
    assertThat(second.alive()).isTrue();
    assertThat(second.startedAt())
        .isAfterOrEqualTo(first.seenAt())
        .isBeforeOrEqualTo(second.seenAt());
    refused(ConflictException.class, () -> keep("w", FIRST, LONG));
    refused(LeaseLostException.class, () -> retire("w", FIRST));
  }

  @Test
  @DisplayName("a worker whose lease has expired continues if no other has taken the name")
  void goesOn() {
    Worker before = keepUntilOver("w", FIRST);
    keep("w", FIRST, LONG);
    assertThat(worker("w").alive()).isTrue();
    assertThat(worker("w").startedAt()).isEqualTo(before.startedAt());
  }

  @Test
  @DisplayName("a worker that has retired is not alive, and its name is free at once")
  void retired() {
    keep("w", FIRST, LONG);
    retire("w", FIRST);
    assertThat(worker("w").alive()).isFalse();
    assertThat(store.commit(changes().retireWorker("w", FIRST).build()).outcomes().get(0).changed())
        .isFalse();
    retire("never-seen", FIRST);
    keep("w", SECOND, LONG);
    assertThat(worker("w").life()).isEqualTo(SECOND);
    refusedFor(RecordRef.ofWorker("w"), Reason.LEASE_LOST, () -> retire("w", FIRST));
    assertThat(worker("w").alive()).isTrue();
  }

  @Test
  @DisplayName("changes of one change set build on each other")
  void within() {
    store.commit(
        changes()
            .keepWorker("w", FIRST, LONG, Map.of())
            .retireWorker("w", FIRST)
            .keepWorker("w", SECOND, LONG, Map.of("a", "b"))
            .build());
    assertThat(worker("w").life()).isEqualTo(SECOND);
    assertThat(worker("w").alive()).isTrue();
    refused(
        ConflictException.class,
        () ->
            store.commit(
                changes()
                    .keepWorker("x", FIRST, LONG, Map.of())
                    .keepWorker("x", SECOND, LONG, Map.of())
                    .build()));
    assertThat(store.workers()).hasSize(1);
  }

  @Test
  @DisplayName("of many workers that register one name at the same moment, one succeeds")
  void race() {
    List<StateStore> stores = IntStream.range(0, 4).mapToObj(i -> openAnother()).toList();
    List<Boolean> got =
        Parallel.run(
            8,
            thread -> {
              try {
                stores
                    .get(thread % 4)
                    .commit(changes().keepWorker("w", new UUID(7, thread), LONG, Map.of()).build());
                return true;
              } catch (ConflictException taken) {
                return false;
              }
            });
    assertThat(got).containsOnlyOnce(true);
    assertThat(worker("w").life()).isEqualTo(new UUID(7, got.indexOf(true)));
  }

  @Test
  @DisplayName("a name or information that is too long, empty or invalid text is refused")
  void badInput() {
    invalid(() -> keep("w".repeat(21), FIRST, LONG), "maxWorkerBytes", "21", "20");
    invalid(() -> retire("w".repeat(21), FIRST), "maxWorkerBytes");
    invalid(() -> keep("", FIRST, LONG), "empty");
    invalid(() -> keep("w\u0000", FIRST, LONG), "NUL");
    invalid(() -> keep("w", FIRST, Duration.ZERO), "time of worker w");
    Map<String, String> over = Map.of("name", "v".repeat(27));
    invalid(
        () -> store.commit(changes().keepWorker("w", FIRST, LONG, over).build()),
        "maxInfoBytes",
        "31",
        "30");
    Map<String, String> bad = Map.of("name", "\uD800");
    invalid(() -> changes().keepWorker("w", FIRST, LONG, bad), "surrogate");
    assertThat(store.workers()).isEmpty();
  }
}
