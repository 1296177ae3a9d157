package dev.waymark.cli.internal.output;

import dev.waymark.core.store.LeaseHolder;
import dev.waymark.core.store.WaitReason;
import dev.waymark.core.store.Waiting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Describes what an execution waits for; tasks with equal reasons share one line. */
public final class WaitLines {
  private static final int NAMED_TASKS = 3;
  private static final int LINES = 5;

  private WaitLines() {}

  /**
   * Returns the lines. While a task runs, reasons that end by themselves are omitted. Tasks that
   * wait for other tasks of the same execution are always omitted.
   */
  public static List<String> of(Waiting waiting) {
    if (!waiting.reasons().isEmpty()) {
      return waiting.reasons().stream().map(WaitReason::message).toList();
    }
    boolean runs = waiting.running().stream().anyMatch(LeaseHolder::alive);
    Map<String, List<String>> tasks = new LinkedHashMap<>();
    for (Waiting.Item each : waiting.taskRuns()) {
      for (WaitReason reason : each.reasons()) {
        if (isShown(reason, runs)) {
          tasks
              .computeIfAbsent(reason.message(), key -> new ArrayList<>())
              .add(each.taskId().value());
        }
      }
    }
    return tasks.entrySet().stream()
        .limit(LINES)
        .map(entry -> names(entry.getValue()) + ": " + entry.getKey())
        .toList();
  }

  private static boolean isShown(WaitReason reason, boolean runs) {
    if (reason instanceof WaitReason.Needs || reason instanceof WaitReason.NotReady) {
      return false;
    }
    boolean endsByItself =
        reason instanceof WaitReason.NotClaimed
            || reason instanceof WaitReason.RetriesLater
            || reason instanceof WaitReason.StartsLater;
    return !(runs && endsByItself);
  }

  private static String names(List<String> tasks) {
    String some = tasks.stream().limit(NAMED_TASKS).collect(Collectors.joining(", "));
    int more = tasks.size() - NAMED_TASKS;
    return (tasks.size() == 1 ? "task " : "tasks ")
        + some
        + (more > 0 ? " and " + Numbers.grouped(more) + " more" : "");
  }

  /** Returns all reasons of one record on one line. */
  static String inWords(List<WaitReason> reasons) {
    return reasons.isEmpty()
        ? "-"
        : reasons.stream().map(WaitReason::message).collect(Collectors.joining("; "));
  }
}
