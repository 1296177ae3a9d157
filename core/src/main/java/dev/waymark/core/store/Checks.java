package dev.waymark.core.store;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.TaskRunId;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a change may hold, as far as that does not depend on the limits of a store. */
final class Checks {
  private Checks() {}

  /** A name that is given freely. */
  static void name(String what, String name) {
    Text.wellFormed(what, name);
    if (name.isEmpty()) {
      throw new InvalidInputException(what + " is empty; name the worker");
    }
  }

  static void worker(String name, UUID life) {
    name("name of a worker", name);
    Objects.requireNonNull(life, "life of a worker");
  }

  static void texts(String what, String ofWhat, Map<String, String> texts) {
    texts.forEach(
        (name, value) -> {
          Text.wellFormed("name of an " + what + " " + ofWhat, name);
          Text.wellFormed(what + " " + Text.quote(name) + " " + ofWhat, value);
        });
  }

  static void priority(TaskRunId id, int priority) {
    int most = Change.ReadyTaskRun.MAX_PRIORITY;
    if (priority < -most || priority > most) {
      throw new InvalidInputException(
          "priority " + priority + " of task run " + id + " is out of range; use -100 to 100");
    }
  }

  static void append(AttemptId id, long position, byte[] bytes) {
    if (position < 0) {
      throw new InvalidInputException(
          "position " + position + " in the log of attempt " + id + " is negative; use 0 or more");
    }
    if (bytes.length == 0) {
      throw new InvalidInputException(
          "nothing is appended to the log of attempt " + id + "; append at least one byte");
    }
  }

  static void slots(String pool, @Nullable Integer slots) {
    if (slots != null && (slots < 0 || slots > Change.SetPool.MAX_SLOTS)) {
      throw new InvalidInputException(
          slots
              + " slots of pool "
              + pool
              + " are out of range; use 0 to 100000, or remove the bound");
    }
  }
}
