package dev.waymark.core.internal.decide;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a decision needs to know about the signals of one execution: the number of the last one, and
 * of the names and keys in the {@link Footprint} those that are kept, those that were sent with a
 * key, and the task runs that wait. Immutable.
 */
public final class Mailbox {
  /** That of an execution without signals. */
  public static final Mailbox EMPTY = new Mailbox(0, Map.of(), new TreeMap<>(), List.of());

  private final int last;
  private final Map<String, Sent> sent;

  /** The names of the signals that are kept, by number. */
  private final SortedMap<Integer, String> kept;

  private final List<SignalWait> waits;

  /** A signal that was sent with an idempotency key. */
  public record Sent(int number, String hash) {}

  private Mailbox(
      int last, Map<String, Sent> sent, SortedMap<Integer, String> kept, List<SignalWait> waits) {
    this.last = last;
    this.sent = sent;
    this.kept = kept;
    this.waits = waits;
  }

  /** With this number of the last signal. */
  public Mailbox withLast(int number) {
    return new Mailbox(number, sent, kept, waits);
  }

  /** With a signal that was sent with this key. */
  public Mailbox withSent(String key, Sent signal) {
    Map<String, Sent> after = new HashMap<>(sent);
    after.put(key, signal);
    return new Mailbox(last, after, kept, waits);
  }

  /** With a signal that is kept. */
  public Mailbox withKept(int number, String name) {
    SortedMap<Integer, String> after = new TreeMap<>(kept);
    after.put(number, name);
    return new Mailbox(last, sent, after, waits);
  }

  /** With a task run that waits. It replaces the previous wait of the task run. */
  public Mailbox with(SignalWait wait) {
    List<SignalWait> after = new ArrayList<>(waits);
    after.removeIf(each -> each.taskRun().equals(wait.taskRun()));
    after.add(wait);
    Collections.sort(after, SignalWait.ORDER);
    return new Mailbox(last, sent, kept, after);
  }

  Mailbox without(SignalWait wait) {
    return new Mailbox(
        last, sent, kept, waits.stream().filter(each -> !each.equals(wait)).toList());
  }

  Mailbox withoutWaits() {
    return new Mailbox(last, sent, kept, List.of());
  }

  Mailbox withoutKept(int number) {
    SortedMap<Integer, String> after = new TreeMap<>(kept);
    after.remove(number);
    return new Mailbox(last, sent, after, waits);
  }

  Mailbox withoutAllKept() {
    return new Mailbox(last, sent, new TreeMap<>(), waits);
  }

  /** That of an execution that continues this one: the signals that are kept, numbered from 1. */
  Mailbox continued() {
    Mailbox next = EMPTY;
    for (Map.Entry<Integer, String> each : kept.entrySet()) {
      int number = next.last + 1;
      next = next.withLast(number).withKept(number, each.getValue());
      for (Map.Entry<String, Sent> key : sent.entrySet()) {
        if (key.getValue().number() == each.getKey()) {
          next = next.withSent(key.getKey(), new Sent(number, key.getValue().hash()));
        }
      }
    }
    return next;
  }

  /** The numbers of the signals that are kept, in order. */
  Set<Integer> kept() {
    return kept.keySet();
  }

  /** The number of the last signal; 0 when there is none. */
  int last() {
    return last;
  }

  /** The signal that was sent with this key, or null. */
  @Nullable Sent sent(String key) {
    return sent.get(key);
  }

  /** The number of the oldest signal of this name that is kept, or null. */
  @Nullable Integer oldestKept(String name) {
    return kept.entrySet().stream()
        .filter(each -> each.getValue().equals(name))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }

  /** The waits for this name, in the order of delivery; some may have ended. */
  List<SignalWait> waits(String name) {
    return waits.stream().filter(each -> each.name().equals(name)).toList();
  }
}
