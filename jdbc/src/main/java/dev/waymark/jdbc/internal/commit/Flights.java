package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.ChangeSet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The groups that are being committed at this moment, and what may be committed beside them: change
 * sets of other executions only, so that it makes no difference which of two groups is decided
 * first. One of which is not known what it touches flies alone. Not thread-safe.
 */
final class Flights {
  private final int most;
  private final Function<ChangeSet, @Nullable Set<ExecutionId>> footprint;
  private final List<Flight> inTheAir = new ArrayList<>();

  /**
   * At most so many groups at the same time.
   *
   * @param footprint all executions that a change set touches, where that is known
   */
  Flights(int most, Function<ChangeSet, @Nullable Set<ExecutionId>> footprint) {
    this.most = most;
    this.footprint = footprint;
  }

  /** A group on its way: its change sets in order, and what they touch. */
  final class Flight {
    private final List<Ticket> group = new ArrayList<>();
    private final Set<ExecutionId> executions = new HashSet<>();
    private boolean alone;

    /** The change sets. */
    List<Ticket> group() {
      return group;
    }

    private boolean leavesOut(Set<ExecutionId> touched) {
      return touched.stream().noneMatch(executions::contains);
    }

    /** Adds a change set, unless it must not go before what is in the air has landed. */
    boolean board(Ticket ticket) {
      if (!admits(ticket)) {
        return false;
      }
      group.add(ticket);
      Set<ExecutionId> touched = touched(ticket);
      alone |= touched == null;
      executions.addAll(touched == null ? Set.of() : touched);
      return true;
    }
  }

  /** How many groups there may be at the same time. */
  int most() {
    return most;
  }

  /** Looks what a change set touches: on the way to the queue, where nobody has to wait for it. */
  void look(Ticket ticket) {
    if (most > 1) {
      ticket.footprint(footprint.apply(ticket.submission().changes()));
    }
  }

  /** What a change set touches; what was not known may be known by now. */
  private @Nullable Set<ExecutionId> touched(Ticket ticket) {
    if (ticket.footprint() == null) {
      look(ticket);
    }
    return ticket.footprint();
  }

  /**
   * Whether a group may leave now that begins with this change set, when so many wait. Beside
   * another it waits until it is as large: a group that left with the first who comes would be
   * small, and most of what a small group costs is that it is a group.
   */
  boolean admits(Ticket first, int waiting) {
    return inTheAir.stream().allMatch(flight -> waiting >= flight.group.size()) && admits(first);
  }

  private boolean admits(Ticket ticket) {
    if (inTheAir.isEmpty()) {
      return true;
    }
    if (inTheAir.size() == most || inTheAir.stream().anyMatch(flight -> flight.alone)) {
      return false;
    }
    Set<ExecutionId> touched = touched(ticket);
    return touched != null && inTheAir.stream().allMatch(flight -> flight.leavesOut(touched));
  }

  /** A group that is being gathered. */
  Flight gather() {
    return new Flight();
  }

  /** A group begins. */
  void begin(Flight flight) {
    inTheAir.add(flight);
  }

  /** A group has ended, whatever became of it. */
  void end(Flight flight) {
    inTheAir.remove(flight);
  }
}
