package dev.waymark.core.internal.decide;

import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All conflicts of one change set, with the messages for its caller. */
final class Refusals {
  private final List<Refusal> refusals = new ArrayList<>();

  boolean isEmpty() {
    return refusals.isEmpty();
  }

  /** The error that names all of them. */
  RefusedException error() {
    return RefusedException.of(refusals);
  }

  void add(RecordRef record, Reason reason, String attempted, String expected, String found) {
    refusals.add(new Refusal(record, reason, attempted, expected, found));
  }

  static boolean isStale(@Nullable Long expected, long found) {
    return expected != null && expected != found;
  }

  /** Adds a conflict: the record has another version than expected. */
  void stale(RecordRef record, String attempted, @Nullable Long expected, long found, State state) {
    add(
        record,
        Reason.STALE_VERSION,
        attempted,
        "version " + expected,
        "version " + found + " in state " + state.name());
  }

  /** Adds a conflict: the table of moves does not allow the move. */
  void move(RecordRef record, String attempted, State found, Set<? extends State> moves) {
    String expected =
        moves.isEmpty()
            ? "a state that is not final (" + found.name() + " is final)"
            : "a move to one of " + new TreeSet<>(names(moves));
    add(record, Reason.ILLEGAL_MOVE, attempted, expected, "state " + found.name());
  }

  private static List<String> names(Set<? extends State> states) {
    return states.stream().map(State::name).toList();
  }
}
