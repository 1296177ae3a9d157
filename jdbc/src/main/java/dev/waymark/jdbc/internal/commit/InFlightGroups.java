package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.store.ChangeSet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The groups that are being committed at this moment, and which change sets may be committed
 * concurrently with them: only those that touch other executions, create other task runs and have
 * other ids, so that the order in which two groups are decided makes no difference. A change set
 * with an unknown footprint is committed alone. Not thread-safe.
 */
final class InFlightGroups {
  private final int most;
  private final Function<ChangeSet, @Nullable Set<Object>> footprint;
  private final List<Group> inFlight = new ArrayList<>();

  /**
   * Creates an empty set of groups.
   *
   * @param most maximum number of concurrent groups
   * @param footprint the ids that a change set touches, {@link HeadCache#touched}; null when they
   *     are not known
   */
  InFlightGroups(int most, Function<ChangeSet, @Nullable Set<Object>> footprint) {
    this.most = most;
    this.footprint = footprint;
  }

  /** A group: its change sets in order, and the ids that they touch. */
  final class Group {
    private final List<Ticket> tickets = new ArrayList<>();
    private final Set<Object> ids = new HashSet<>();
    private boolean alone;

    /** The change sets. */
    List<Ticket> tickets() {
      return tickets;
    }

    private boolean isDisjointFrom(Set<Object> touched) {
      return touched.stream().noneMatch(ids::contains);
    }

    /** Adds a change set, unless it has to wait for a group in flight; returns whether it did. */
    boolean add(Ticket ticket) {
      if (!admits(ticket)) {
        return false;
      }
      tickets.add(ticket);
      Set<Object> touched = footprint(ticket);
      alone |= touched == null;
      ids.addAll(touched == null ? Set.of() : touched);
      return true;
    }
  }

  /** Maximum number of concurrent groups. */
  int most() {
    return most;
  }

  /** Determines the footprint of a change set before it is queued, outside the queue's lock. */
  void prepare(Ticket ticket) {
    if (most > 1) {
      ticket.footprint(footprint.apply(ticket.submission().changes()));
    }
  }

  /** The footprint of a change set; one that was unknown is determined again. */
  private @Nullable Set<Object> footprint(Ticket ticket) {
    if (ticket.footprint() == null) {
      prepare(ticket);
    }
    return ticket.footprint();
  }

  /**
   * Whether a group that starts with this change set may start now, with this many change sets in
   * the queue. While another group is in flight, it waits until it is as large as that one: most of
   * the cost of a small group is the fixed cost of a group.
   */
  boolean admits(Ticket first, int waiting) {
    return inFlight.stream().allMatch(group -> waiting >= group.tickets.size()) && admits(first);
  }

  private boolean admits(Ticket ticket) {
    if (inFlight.isEmpty()) {
      return true;
    }
    if (inFlight.size() == most || inFlight.stream().anyMatch(group -> group.alone)) {
      return false;
    }
    Set<Object> touched = footprint(ticket);
    return touched != null && inFlight.stream().allMatch(group -> group.isDisjointFrom(touched));
  }

  /** A new, empty group. */
  Group newGroup() {
    return new Group();
  }

  /** Marks a group as in flight. */
  void begin(Group group) {
    inFlight.add(group);
  }

  /** Marks a group as ended, with any result. */
  void end(Group group) {
    inFlight.remove(group);
  }
}
