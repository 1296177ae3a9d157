package dev.waymark.testkit.model;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.SignalChange;
import dev.waymark.core.store.Standing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Generates claims, and the changes by which workers share work. No lease expires and no delay ends
 * during a run, because the clock of one store could differ from that of another.
 */
final class WorkChanges {
  private static final String[] POOLS = {ClaimRequest.DEFAULT_POOL, "gpu", "GPU", "g-1"};

  private static final String[] SIGNALS = {"go", "Go", "approved", "a/b.c-d_0"};
  private static final String[] KEYS = {"k", "K", "key \u00e9", " "};

  private final World world;
  private final Dice dice;
  private final Texts texts;
  private final Limits limits;

  WorkChanges(World world, Dice dice, Texts texts, Limits limits) {
    this.world = world;
    this.dice = dice;
    this.texts = texts;
    this.limits = limits;
  }

  /** A claim. Sometimes it asks for nothing, too little or too much. */
  Operation claim() {
    int max = limits.maxClaims();
    int limit = dice.oneIn(20) ? dice.pickOf(max + 1, -1) : dice.pickOf(max, max, 3, 1, 0);
    return new Operation.Claim(
        new ClaimRequest(worker(), limit, lease(), pools()), world.waiting().dueSoon());
  }

  private Set<String> pools() {
    return dice.oneIn(3) ? Set.of(dice.pickOf(POOLS)) : Set.of(POOLS);
  }

  /** The name of a worker. */
  String worker() {
    return dice.oneIn(2) ? "worker-" + dice.below(3) : texts.text(limits.maxWorkerBytes());
  }

  private Duration lease() {
    return dice.oneIn(60)
        ? dice.pickOf(Duration.ZERO, Duration.ofNanos(999), Duration.ofDays(9_999))
        : dice.pickOf(Duration.ofHours(2), Duration.ofDays(3_660));
  }

  private Duration delay() {
    return dice.oneIn(60)
        ? dice.pickOf(Duration.ofNanos(-1), Duration.ofDays(9_999))
        : dice.pickOf(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofDays(30));
  }

  /** Adds a change of any of these kinds. */
  void add(ChangeSet.Builder changes) {
    switch (dice.below(16)) {
      case 0, 1, 2, 3 -> ready(changes);
      case 4 -> settle(changes);
      case 5 -> changes.markDue(world.execution(), dice.pickOf(DueReason.values()), delay());
      case 6 -> changes.clearDue(world.execution(), dice.pickOf(DueReason.values()));
      case 7, 8 -> setPayload(changes);
      case 11, 12 -> signal(changes);
      case 13 -> await(changes, world.taskRun());
      case 14 -> label(changes);
      case 15 -> awaitChild(changes, world.taskRun());
      case 9 -> changes.add(new Change.RenewLease(attempt(), lease(), dice.oneIn(2)));
      default ->
          changes.add(
              new Change.LoseAttempt(
                  attempt(), dice.oneIn(2) ? null : texts.text(limits.maxErrorBytes())));
    }
  }

  private void signal(ChangeSet.Builder changes) {
    Payload payload = dice.oneIn(2) ? null : texts.payload(limits.maxInputBytes());
    String key = dice.oneIn(2) ? null : dice.oneIn(40) ? texts.anyText() : dice.pickOf(KEYS);
    changes.signal(world.execution(), signalName(), payload, key);
  }

  private void label(ChangeSet.Builder changes) {
    Map<String, String> set = new TreeMap<>();
    Set<String> removed = new TreeSet<>();
    for (int i = dice.below(4); i >= 0; i--) {
      if (dice.oneIn(3)) {
        removed.add(texts.labelName());
      } else {
        set.put(texts.labelName(), texts.text(limits.maxLabelValueBytes()));
      }
    }
    changes.add(new Change.SetLabels(world.execution(), set, removed));
  }

  private String signalName() {
    return dice.oneIn(60) ? texts.anyText() : dice.pickOf(SIGNALS);
  }

  /** Lets a task run wait for a signal, if it may wait. */
  void await(ChangeSet.Builder changes, TaskRunId id) {
    TaskRun now = world.reference().taskRun(id);
    int newest = now == null ? 0 : now.lastAttempt();
    Integer fence = dice.oneIn(2) ? null : newest + (dice.oneIn(6) ? dice.pickOf(-1, 1) : 0);
    changes.add(
        new SignalChange.Await(
            id,
            fence,
            signalName(),
            dice.pickOf(POOLS),
            world.waiting().priority(),
            dice.oneIn(2) ? null : delay()));
  }

  /** Lets a task run wait for a child of its execution, or for an execution that is no child. */
  private void awaitChild(ChangeSet.Builder changes, TaskRunId id) {
    TaskRun now = world.reference().taskRun(id);
    List<ExecutionId> children = now == null ? List.of() : world.children(now.executionId());
    ExecutionId child =
        children.isEmpty() || dice.oneIn(6) ? world.execution() : dice.pick(children);
    Integer fence = now == null || dice.oneIn(2) ? null : now.lastAttempt();
    Duration timeout = dice.oneIn(2) ? null : delay();
    changes.add(
        new SignalChange.AwaitChild(
            id, fence, child, dice.pickOf(POOLS), world.waiting().priority(), timeout));
  }

  /** Records an attempt, with a lease or without one. */
  void recordAttempt(ChangeSet.Builder changes) {
    changes.add(
        new Change.RecordAttempt(world.taskRun(), worker(), dice.oneIn(2) ? lease() : null));
  }

  private void ready(ChangeSet.Builder changes) {
    TaskRunId id = world.taskRun();
    TaskRun now = world.reference().taskRun(id);
    Long version = now == null || dice.oneIn(2) ? null : now.version() - (dice.oneIn(4) ? 1 : 0);
    ready(changes, id, version);
  }

  /** Makes a task run ready, if it may be ready. */
  void ready(ChangeSet.Builder changes, TaskRunId id, @Nullable Long version) {
    boolean isWrong = dice.oneIn(60);
    changes.add(
        new Change.ReadyTaskRun(
            id,
            version,
            isWrong ? "g 1" : dice.pickOf(POOLS),
            world.waiting().priority(),
            delay()));
  }

  private void settle(ChangeSet.Builder changes) {
    ExecutionId id = world.execution();
    ExecutionProgress progress = world.reference().executionProgress(id);
    Standing now =
        progress == null ? new Standing(1, ExecutionState.PENDING, 0, 0) : progress.standing();
    changes.settleExecution(
        id,
        new Standing(
            dice.oneIn(6) ? now.version() - 1 : now.version(),
            dice.oneIn(8) ? dice.pickOf(ExecutionState.values()) : now.state(),
            dice.oneIn(4) ? now.unfinished() - 1 : now.unfinished(),
            dice.oneIn(6) ? now.ended() - 1 : now.ended()));
  }

  private AttemptId attempt() {
    TaskRunId id = world.taskRun();
    TaskRun now = world.reference().taskRun(id);
    int newest = Math.max(1, now == null ? 1 : now.lastAttempt());
    return new AttemptId(id, dice.oneIn(4) ? dice.pickOf(1, newest + 1) : newest);
  }

  private void setPayload(ChangeSet.Builder changes) {
    switch (dice.below(4)) {
      case 0 -> changes.setResult(world.execution(), texts.payload(limits.maxOutputBytes()));
      case 1 -> changes.setDetails(attempt(), texts.payload(limits.maxDetailBytes()));
      default -> setResult(changes);
    }
  }

  private void setResult(ChangeSet.Builder changes) {
    TaskRunId id = world.taskRun();
    TaskRun now = world.reference().taskRun(id);
    int newest = now == null ? 0 : now.lastAttempt();
    Integer fence = dice.oneIn(2) ? null : newest + (dice.oneIn(4) ? dice.pickOf(-1, 1) : 0);
    Payload result = dice.oneIn(2) ? outputs() : texts.payload(limits.maxOutputBytes());
    changes.add(new Change.SetPayload(PayloadRef.resultOf(id), fence, result));
  }

  private Payload outputs() {
    Map<String, String> outputs = new TreeMap<>();
    for (int i = dice.below(4); i > 0; i--) {
      outputs.put(texts.text(limits.maxOutputBytes() / 4), texts.text(limits.maxOutputBytes() / 2));
    }
    return Payload.ofTexts(outputs);
  }
}
