package dev.waymark.core.store;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Leases;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.TaskRunId;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Checks of changes that do not depend on the limits of a store. */
final class Checks {
  private static final int MAX_SLOTS = 100_000;

  private Checks() {}

  /** Checks the name of a worker. */
  static void name(String what, String name) {
    Text.wellFormed(what, name);
    if (name.isEmpty()) {
      throw new InvalidInputException(what + " is empty; supply the name of the worker");
    }
  }

  static void worker(String name, UUID life) {
    name("name of a worker", name);
    Objects.requireNonNull(life, "life of a worker");
  }

  static void error(String kind, Object id, @Nullable String error) {
    if (error != null) {
      Text.wellFormed("error of " + kind + " " + id, error);
    }
  }

  /** An unmodifiable copy. */
  static Map<String, String> texts(String what, String ofWhat, Map<String, String> texts) {
    Map<String, String> copy = Collections.unmodifiableMap(new TreeMap<>(texts));
    copy.forEach(
        (name, value) -> {
          Text.wellFormed("name of an " + what + " " + ofWhat, name);
          Text.wellFormed(what + " " + Text.quote(name) + " " + ofWhat, value);
        });
    return copy;
  }

  /** Checks that a payload can be set by an attempt of this number, or by nobody in particular. */
  static void settable(PayloadRef ref, @Nullable Integer fence) {
    if (ref.part() == PayloadRef.Part.INPUT) {
      throw new InvalidInputException(
          "the input of " + ref.record() + " cannot be set; supply it when you create the record");
    }
    if (ref.part() == PayloadRef.Part.SIGNAL) {
      throw new InvalidInputException(
          "the payload of a signal to " + ref.record() + " cannot be set; send it with the signal");
    }
    if (fence != null && !(ref instanceof PayloadRef.OfTaskRun)) {
      throw new InvalidInputException(
          "a write of a payload of "
              + ref.record()
              + " has the fence "
              + fence
              + "; only results of task runs have one");
    }
  }

  static void labels(ExecutionId id, Map<String, String> set, Set<String> removed) {
    Set<String> both = new TreeSet<>(set.keySet());
    both.retainAll(removed);
    if (!both.isEmpty()) {
      throw new InvalidInputException(
          "labels " + both + " of execution " + id + " are both set and removed; do one of them");
    }
  }

  static void priority(TaskRunId id, int priority) {
    int most = Change.ReadyTaskRun.MAX_PRIORITY;
    if (priority < -most || priority > most) {
      throw new InvalidInputException(
          "priority " + priority + " of task run " + id + " is out of range; use -100 to 100");
    }
  }

  static void admission(ExecutionId id, int most, ExecutionState from) {
    if (most < 1) {
      throw new InvalidInputException(
          "limit " + most + " for the start of execution " + id + " is invalid; use 1 or more");
    }
    if (from != ExecutionState.PENDING && from != ExecutionState.PAUSED) {
      throw new InvalidInputException(
          "execution " + id + " cannot be admitted from " + from + "; use PENDING or PAUSED");
    }
  }

  static void lease(String what, @Nullable Duration lease) {
    if (lease != null) {
      Leases.check(what, lease);
    }
  }

  /** A copy of the bytes. */
  static byte[] appended(AttemptId id, long position, byte[] bytes) {
    if (position < 0) {
      throw new InvalidInputException(
          "position " + position + " in the log of attempt " + id + " is negative; use 0 or more");
    }
    if (bytes.length == 0) {
      throw new InvalidInputException(
          "an append to the log of attempt " + id + " has no bytes; append at least one byte");
    }
    return bytes.clone();
  }

  static void slots(String pool, @Nullable Integer slots) {
    if (slots != null && (slots < 0 || slots > MAX_SLOTS)) {
      throw new InvalidInputException(
          slots
              + " slots of pool "
              + pool
              + " are out of range; use 0 to 100000, or remove the limit of the pool");
    }
  }

  static void continuation(ExecutionId id, NewExecution next) {
    Objects.requireNonNull(id, "execution id");
    if (next.id().equals(id) || next.parent() != null) {
      throw new InvalidInputException(
          "execution "
              + id
              + " is to be continued as "
              + (next.parent() == null
                  ? "itself"
                  : "a child of task run " + next.parent().taskRunId())
              + "; use a new id and no parent: it keeps the parent of the execution that it"
              + " continues");
    }
  }
}
