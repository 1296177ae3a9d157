package dev.waymark.testkit;

import dev.waymark.core.internal.decide.Effect;
import dev.waymark.core.internal.decide.Mailbox;
import dev.waymark.core.internal.decide.SignalWait;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.Signal;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The signals of the reference store, and the task runs that wait for them. Not thread-safe. */
final class Signals {
  private final Map<ExecutionId, List<Signal>> signals = new TreeMap<>();
  private final Map<ExecutionId, Map<String, Mailbox.Sent>> keys = new TreeMap<>();
  private final Map<TaskRunId, Effect.SignalAwaited> waits = new TreeMap<>();

  void write(Effect.SignalSent it) {
    signals
        .computeIfAbsent(it.execution(), id -> new ArrayList<>())
        .add(
            new Signal(
                it.execution(),
                it.number(),
                it.name(),
                it.key(),
                it.at(),
                it.to() == null ? null : it.to().taskRunId(),
                it.to() == null ? null : it.to().number()));
    if (it.key() != null && it.hash() != null) {
      keys.computeIfAbsent(it.execution(), id -> new TreeMap<>())
          .put(it.key(), new Mailbox.Sent(it.number(), it.hash()));
    }
  }

  void write(Effect.SignalDelivered it) {
    of(it.execution())
        .replaceAll(
            each ->
                each.number() == it.number()
                    ? new Signal(
                        each.executionId(),
                        each.number(),
                        each.name(),
                        each.key(),
                        each.sentAt(),
                        it.to().taskRunId(),
                        it.to().number())
                    : each);
  }

  void write(Effect.SignalContinued it, Payloads payloads) {
    Signal signal =
        of(it.from()).stream()
            .filter(each -> each.number() == it.number())
            .findFirst()
            .orElseThrow();
    String key = signal.key();
    of(it.from()).remove(signal);
    signals
        .computeIfAbsent(it.to(), id -> new ArrayList<>())
        .add(new Signal(it.to(), it.newNumber(), signal.name(), key, signal.sentAt(), null, null));
    if (key != null) {
      Mailbox.Sent sent = Objects.requireNonNull(keys.get(it.from())).remove(key);
      keys.computeIfAbsent(it.to(), id -> new TreeMap<>())
          .put(key, new Mailbox.Sent(it.newNumber(), Objects.requireNonNull(sent).hash()));
    }
    payloads.move(
        PayloadRef.ofSignal(it.from(), it.number()),
        PayloadRef.ofSignal(it.to(), it.newNumber()),
        it.to());
  }

  void write(Effect.SignalAwaited it) {
    waits.put(it.signalWait().taskRun(), it);
  }

  void write(Effect.SignalWaitEnded it) {
    waits.remove(it.taskRun());
  }

  void delete(ExecutionId id) {
    signals.remove(id);
    keys.remove(id);
    clearWaits(id);
  }

  void clearWaits(ExecutionId id) {
    waits.values().removeIf(each -> each.execution().equals(id));
  }

  List<Signal> of(ExecutionId id) {
    return signals.getOrDefault(id, new ArrayList<>());
  }

  /** The task runs that wait, or have waited, in an execution. */
  List<TaskRunId> waiting(ExecutionId id) {
    return waits.values().stream()
        .filter(each -> each.execution().equals(id))
        .map(each -> each.signalWait().taskRun())
        .toList();
  }

  Mailbox mailbox(ExecutionId id) {
    int last = of(id).stream().mapToInt(Signal::number).max().orElse(0);
    Mailbox mailbox = Mailbox.EMPTY.withLast(last);
    for (Signal signal : of(id)) {
      if (signal.taskRunId() == null) {
        mailbox = mailbox.withKept(signal.number(), signal.name());
      }
    }
    for (Map.Entry<String, Mailbox.Sent> sent : keys.getOrDefault(id, Map.of()).entrySet()) {
      mailbox = mailbox.withSent(sent.getKey(), sent.getValue());
    }
    for (Effect.SignalAwaited awaited : waits.values()) {
      if (awaited.execution().equals(id)) {
        mailbox = mailbox.with(awaited.signalWait());
      }
    }
    return mailbox;
  }

  /** The name of the signal for which a task run waits, or null. */
  @Nullable String awaitedBy(TaskRun run) {
    Effect.SignalAwaited found = waits.get(run.id());
    SignalWait wait = found == null ? null : found.signalWait();
    return wait != null && wait.version() == run.version() ? wait.name() : null;
  }
}
