package dev.waymark.testkit;

import dev.waymark.core.internal.decide.Effect;
import dev.waymark.core.internal.read.LogChunks;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.LogPart;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** The logs of the reference store, in the chunks in which they were written. Not thread-safe. */
final class Logs {
  private final Map<AttemptId, SortedMap<Long, byte[]>> logs = new TreeMap<>();
  private final Function<TaskRunId, ExecutionId> owner;

  /** Creates an empty collection of logs. {@code owner} returns the execution of a task run. */
  Logs(Function<TaskRunId, ExecutionId> owner) {
    this.owner = owner;
  }

  void write(Effect.LogAppended log) {
    logs.computeIfAbsent(log.attempt(), id -> new TreeMap<>())
        .putIfAbsent(log.position(), log.bytes());
  }

  void write(Effect.LogsDeleted deleted) {
    logs.keySet().removeIf(id -> owner.apply(id.taskRunId()).equals(deleted.execution()));
  }

  LogPart part(AttemptId id, long position, int maxBytes) {
    List<LogChunks.Chunk> chunks = new ArrayList<>();
    logs.getOrDefault(id, Collections.emptySortedMap())
        .forEach((begin, bytes) -> chunks.add(new LogChunks.Chunk(begin, bytes)));
    LogChunks.Chunk last = chunks.isEmpty() ? null : chunks.get(chunks.size() - 1);
    long length = last == null ? 0 : last.position() + last.bytes().length;
    return LogChunks.part(chunks, position, maxBytes, length);
  }

  /** The executions that have logs, in order. */
  Stream<ExecutionId> owners() {
    return logs.keySet().stream().map(id -> owner.apply(id.taskRunId())).distinct().sorted();
  }
}
