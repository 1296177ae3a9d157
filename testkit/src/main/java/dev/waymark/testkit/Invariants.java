package dev.waymark.testkit;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.State;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Transition;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ExecutionDetails.TaskRunDetails;
import dev.waymark.core.store.StateStore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What holds in every store at every moment, whatever was committed, refused, killed or
 * interrupted. The checks use only the public API, so they show what a reader sees. Each violation
 * is a sentence that names its record.
 *
 * <ul>
 *   <li>every list is complete: pages follow each other by cursor without a gap or a repetition,
 *       their totals agree, the totals of the states add up to the total of all, and the list of
 *       every workflow and every day has as many executions as belong to it;
 *   <li>an execution is terminal only when all its task runs are, a task run only when its attempts
 *       are;
 *   <li>attempts are numbered from 1 without gaps, and only the last may be live;
 *   <li>the history of each record begins with its creation, contains only moves that the table
 *       allows, ends at the current state of the record, and is as long as its version says.
 * </ul>
 *
 * <p>If every program leaves a due note, a lease or a ready task run for its unfinished work, no
 * execution is {@link #stranded}. {@link NothingStranded} makes the same check for programs that do
 * not.
 *
 * <p>For example:
 *
 * <pre>{@code
 * List<String> violations = Invariants.violations(store);
 * }</pre>
 *
 * @since 0.1.0
 */
public final class Invariants {
  private static final int PAGE = 500;

  private final StateStore store;
  private final List<String> violations = new ArrayList<>();
  private final Map<WorkflowId, Long> byWorkflow = new TreeMap<>();
  private final Map<Instant, Long> byDay = new TreeMap<>();

  private Invariants(StateStore store) {
    this.store = store;
  }

  /**
   * Checks every execution of a store. No other program may write to the store meanwhile.
   *
   * @return the violations; empty when there are none
   */
  public static List<String> violations(StateStore store) {
    Invariants invariants = new Invariants(store);
    Set<ExecutionId> all = invariants.walk(ExecutionQuery.builder(), "all executions");
    int inStates = 0;
    for (ExecutionState state : ExecutionState.values()) {
      inStates += invariants.walk(ExecutionQuery.builder().states(state), "state " + state).size();
    }
    invariants.check(
        inStates == all.size(), "%s executions, but %s by their states", all.size(), inStates);
    for (ExecutionId id : all) {
      ExecutionDetails details = store.executionDetails(id);
      invariants.check(details != null, "execution %s is listed but not there", id);
      if (details != null) {
        invariants.checkExecution(details);
        invariants.byWorkflow.merge(details.execution().workflowId(), 1L, Long::sum);
        Instant day = details.execution().createdAt().truncatedTo(ChronoUnit.DAYS);
        invariants.byDay.merge(day, 1L, Long::sum);
      }
    }
    invariants.checkTotals();
    return invariants.violations;
  }

  /**
   * Executions that nothing will ever move: they are PENDING, RUNNING or CANCELLING, they are not
   * due, and none of their task runs is ready, waits or has a lease. Each page is one snapshot, so
   * the check is valid at any moment, also while others write.
   *
   * @return a sentence for each; empty when there are none
   */
  public static List<String> stranded(StateStore store) {
    List<String> stranded = new ArrayList<>();
    ExecutionId after = null;
    int limit = Math.min(PAGE, store.limits().maxPageSize());
    List<ExecutionId> page = store.stalled(null, limit);
    while (!page.isEmpty()) {
      for (ExecutionId id : page) {
        stranded.add("nothing moves execution " + id + ": " + store.executionProgress(id));
        after = id;
      }
      page = store.stalled(after, limit);
    }
    return stranded;
  }

  /** Whether nothing will ever move an execution. */
  static boolean isStranded(StateStore store, ExecutionId id) {
    ExecutionId after = null;
    int limit = Math.min(PAGE, store.limits().maxPageSize());
    List<ExecutionId> page = store.stalled(null, limit);
    while (!page.isEmpty() && !page.contains(id)) {
      after = page.get(page.size() - 1);
      page = store.stalled(after, limit);
    }
    return page.contains(id);
  }

  /**
   * The violations in one execution. They are read from one snapshot, so others may write
   * meanwhile.
   */
  public static List<String> violations(StateStore store, ExecutionDetails details) {
    Invariants invariants = new Invariants(store);
    invariants.checkExecution(details);
    return invariants.violations;
  }

  private Set<ExecutionId> walk(ExecutionQuery.Builder query, String what) {
    Set<ExecutionId> seen = new HashSet<>();
    Page<Execution> page =
        store.executions(query.limit(Math.min(PAGE, store.limits().maxPageSize())).build());
    long total = page.total();
    while (true) {
      for (Execution execution : page.items()) {
        check(seen.add(execution.id()), "%s: %s is listed twice", what, execution.id());
      }
      check(page.total() == total, "%s: total %s, then %s", what, total, page.total());
      if (page.next() == null) {
        break;
      }
      page = store.executions(query.after(page.next()).build());
    }
    query.after(null);
    check(seen.size() == total, "%s: %s are listed, the total is %s", what, seen.size(), total);
    Page<Execution> past = store.executions(query.offset(total).build());
    check(
        past.items().isEmpty() && past.total() == total,
        "%s: past the end the total is %s instead of %s",
        what,
        past.total(),
        total);
    return seen;
  }

  private void checkTotals() {
    byWorkflow.forEach(
        (workflow, executions) ->
            checkTotal(
                "workflow " + workflow, ExecutionQuery.builder().workflow(workflow), executions));
    byDay.forEach(
        (day, executions) ->
            checkTotal(
                "the day of " + day,
                ExecutionQuery.builder().since(day).until(day.plus(1, ChronoUnit.DAYS)),
                executions));
  }

  private void checkTotal(String what, ExecutionQuery.Builder query, long executions) {
    long total = store.executions(query.limit(1).build()).total();
    check(total == executions, "%s: %s executions, the total is %s", what, executions, total);
  }

  private void checkExecution(ExecutionDetails details) {
    Execution execution = details.execution();
    Map<RecordRef, Track> tracks = tracks(details.history());
    checkTrack(tracks, RecordRef.of(execution.id()), execution.state(), execution.version());
    for (TaskRunDetails run : details.taskRuns()) {
      checkTaskRun(run, tracks);
      check(
          !execution.state().isTerminal() || run.taskRun().state().isTerminal(),
          "execution %s is %s, its task run %s is %s",
          execution.id(),
          execution.state(),
          run.taskRun().id(),
          run.taskRun().state());
    }
    tracks.keySet().forEach(record -> check(false, "a history, but no record: %s", record));
  }

  private void checkTaskRun(TaskRunDetails details, Map<RecordRef, Track> tracks) {
    TaskRun run = details.taskRun();
    List<Attempt> attempts = details.attempts();
    checkTrack(tracks, RecordRef.of(run.id()), run.state(), run.version());
    check(
        run.lastAttempt() == attempts.size(),
        "task run %s has %s attempts and says %s",
        run.id(),
        attempts.size(),
        run.lastAttempt());
    for (int i = 0; i < attempts.size(); i++) {
      Attempt attempt = attempts.get(i);
      boolean live = attempt.state() == AttemptState.RUNNING;
      check(attempt.number() == i + 1, "attempt %s is number %s in its list", attempt.id(), i + 1);
      check(
          !live || (i == attempts.size() - 1 && !run.state().isTerminal()),
          "attempt %s is live, of %s attempts of a task run that is %s",
          attempt.id(),
          attempts.size(),
          run.state());
      checkTrack(tracks, RecordRef.of(attempt.id()), attempt.state(), live ? 1 : 2);
    }
  }

  private void checkTrack(
      Map<RecordRef, Track> tracks, RecordRef record, State state, long version) {
    Track track = tracks.remove(record);
    check(track != null, "%s has no history", record);
    if (track != null) {
      check(track.state == state, "%s is %s, its history leads to %s", record, state, track.state);
      check(
          track.length == version,
          "%s has version %s and %s entries of history",
          record,
          version,
          track.length);
    }
  }

  /** The last state and the number of entries in the history of each record. */
  private Map<RecordRef, Track> tracks(List<Transition> history) {
    Map<RecordRef, Track> tracks = new HashMap<>();
    for (int i = 0; i < history.size(); i++) {
      Transition entry = history.get(i);
      check(entry.sequence() == i + 1, "entry %s of a history is number %s", i + 1, entry);
      Track before = tracks.get(entry.record());
      check(
          before == null ? entry.from() == null : isMove(before.state, entry),
          "%s after %s",
          entry,
          before == null ? "nothing" : before.state);
      tracks.put(entry.record(), new Track(entry.to(), before == null ? 1 : before.length + 1));
    }
    return tracks;
  }

  private static boolean isMove(State before, Transition entry) {
    State to = entry.to();
    boolean allowed =
        before instanceof ExecutionState state
            ? to instanceof ExecutionState next && state.canMoveTo(next)
            : before instanceof TaskRunState run
                ? to instanceof TaskRunState nextRun && run.canMoveTo(nextRun)
                : before instanceof AttemptState attempt
                    && to instanceof AttemptState nextAttempt
                    && attempt.canMoveTo(nextAttempt);
    return before.equals(entry.from()) && allowed;
  }

  // The annotation that the warning asks for would be the only use of its library.
  @SuppressWarnings("AnnotateFormatMethod")
  private void check(boolean holds, String sentence, Object... words) {
    if (!holds) {
      violations.add(sentence.formatted(words));
    }
  }

  private record Track(State state, long length) {}
}
