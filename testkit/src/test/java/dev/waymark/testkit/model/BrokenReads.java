package dev.waymark.testkit.model;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.Transition;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionConditions;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.LabelCondition;
import dev.waymark.core.query.Order;
import dev.waymark.core.query.Page;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.query.TaskRunCondition;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ForwardingStateStore;
import dev.waymark.core.store.StateStore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Stores that hold the truth and answer questions wrongly, each in one way. */
final class BrokenReads {
  private BrokenReads() {}

  /** Executions of one instant come by this order of their ids. */
  static StateStore withTiebreak(StateStore store, Comparator<ExecutionId> ids) {
    return new ForwardingStateStore(store) {
      @Override
      public Page<Execution> executions(ExecutionQuery query) {
        Page<Execution> page = super.executions(query);
        Comparator<Execution> order =
            Comparator.comparing(Execution::createdAt).thenComparing(Execution::id, ids);
        boolean isOldest = query.order() == Order.OLDEST;
        return with(
            page,
            page.items().stream().sorted(isOldest ? order : order.reversed()).toList(),
            page.total(),
            page.next());
      }
    };
  }

  /** The fifth row of every history is gone, as if it had never been written. */
  static StateStore withoutFifthRow(StateStore store) {
    return new ForwardingStateStore(store) {
      @Override
      public Page<Transition> history(ExecutionId id, PageRequest page) {
        Page<Transition> all = super.history(id, page);
        return with(all, withoutFifth(all.items()), all.total() - all.total() / 5, null);
      }

      @Override
      public @Nullable ExecutionDetails executionDetails(ExecutionId id) {
        ExecutionDetails all = super.executionDetails(id);
        return all == null
            ? null
            : new ExecutionDetails(all.execution(), all.taskRuns(), withoutFifth(all.history()));
      }
    };
  }

  private static List<Transition> withoutFifth(List<Transition> all) {
    return all.stream().filter(row -> row.sequence() != 5).toList();
  }

  /** The total is one too small, but only where a page is past the end. */
  static StateStore withTotalOffPastTheEnd(StateStore store) {
    return changingPages(
        store,
        (query, page) ->
            page.items().isEmpty() && page.total() > 0
                ? with(page, page.items(), page.total() - 1, page.next())
                : page);
  }

  /** The total counts what is after the cursor only. */
  static StateStore withTotalAfterCursor(StateStore store) {
    return changingPages(
        store,
        (query, page) ->
            query.after() != null && page.next() == null
                ? with(page, page.items(), page.items().size(), null)
                : page);
  }

  /** A last page that is full promises one more. */
  static StateStore withNextAfterTheLast(StateStore store) {
    return changingPages(
        store,
        (query, page) ->
            page.next() == null && page.items().size() == page.limit()
                ? with(
                    page,
                    page.items(),
                    page.total(),
                    Cursor.after(page.items().get(page.limit() - 1), query.order()))
                : page);
  }

  /** An offset is taken for 32 bits. */
  static StateStore withIntOffsets(StateStore store) {
    return changingQueries(
        store,
        query ->
            query.after() == null
                ? copy(query, query.labels(), query.since(), Math.max(0, (int) query.offset()))
                : query);
  }

  /** Of several labels the first is enough. */
  static StateStore withOneLabelEnough(StateStore store) {
    return changingQueries(
        store,
        query ->
            copy(
                query,
                query.labels().isEmpty()
                    ? Map.of()
                    : Map.ofEntries(query.labels().entrySet().iterator().next()),
                query.since(),
                query.offset()));
  }

  /** The bound {@code since} is taken to be exclusive. */
  static StateStore withSinceExclusive(StateStore store) {
    return changingQueries(
        store,
        query ->
            query.since() == null
                ? query
                : copy(
                    query,
                    query.labels(),
                    query.since().plus(1, ChronoUnit.MICROS),
                    query.offset()));
  }

  /** Label conditions are not checked. */
  static StateStore withoutLabelConditions(StateStore store) {
    return changingConditions(store, c -> changed(c, List.of(), c.endedUntil(), c.taskRun()));
  }

  /** The beginning of a label is compared as LIKE does: a wildcard at its end matches. */
  static StateStore withWildcards(StateStore store) {
    return changingConditions(
        store,
        c ->
            changed(
                c,
                c.labelConditions().stream().map(BrokenReads::withWildcard).toList(),
                c.endedUntil(),
                c.taskRun()));
  }

  private static LabelCondition withWildcard(LabelCondition condition) {
    return condition instanceof LabelCondition.StartsWith starts
        ? LabelCondition.startsWith(starts.name(), starts.prefix().replaceAll("[%_]+$", ""))
        : condition;
  }

  /** The bound {@code endedUntil} is not checked. */
  static StateStore withoutEndedUntil(StateStore store) {
    return changingConditions(store, c -> changed(c, c.labelConditions(), null, c.taskRun()));
  }

  /** The error of a task run is not checked. */
  static StateStore withAnyError(StateStore store) {
    return changingConditions(
        store,
        c -> {
          TaskRunCondition run = c.taskRun();
          return run == null || run.errorPrefix() == null
              ? c
              : changed(
                  c,
                  c.labelConditions(),
                  c.endedUntil(),
                  new TaskRunCondition(run.states(), run.taskId(), run.worker(), ""));
        });
  }

  /** The worker of a task run is not checked. */
  static StateStore withAnyWorker(StateStore store) {
    return changingConditions(
        store,
        c -> {
          TaskRunCondition run = c.taskRun();
          return run == null
                  || run.worker() == null
                  || (run.taskId() == null && run.states().isEmpty())
              ? c
              : changed(
                  c,
                  c.labelConditions(),
                  c.endedUntil(),
                  new TaskRunCondition(run.states(), run.taskId(), null, run.errorPrefix()));
        });
  }

  /** The parent is not checked. */
  static StateStore withAnyParent(StateStore store) {
    return changingConditions(
        store,
        c ->
            new ExecutionConditions(
                c.states(),
                c.workflowId(),
                c.labels(),
                c.labelConditions(),
                c.since(),
                c.until(),
                c.endedSince(),
                c.endedUntil(),
                c.taskRun(),
                null));
  }

  /** Ids of workflows are looked up as LIKE does: whatever the case. */
  static StateStore withPrefixOfAnyCase(StateStore store) {
    return new ForwardingStateStore(store) {
      @Override
      public List<String> idsStartingWith(RecordKind kind, String prefix, int limit) {
        List<String> exact = super.idsStartingWith(kind, prefix, limit);
        if (kind != RecordKind.WORKFLOW) {
          return exact;
        }
        String folded = prefix.toLowerCase(Locale.ROOT);
        return super.idsStartingWith(kind, "", store.limits().maxPageSize()).stream()
            .filter(id -> id.toLowerCase(Locale.ROOT).startsWith(folded))
            .limit(limit)
            .toList();
      }
    };
  }

  /** Empty text is read as none. */
  static StateStore withEmptyErrorsAsNull(StateStore store) {
    return changingErrors(store, error -> error.isEmpty() ? null : error);
  }

  /** Line ends are made uniform. */
  static StateStore withUniformLineEnds(StateStore store) {
    return changingErrors(store, error -> error.replace("\r\n", "\n"));
  }

  /** Blanks at the end are cut off. */
  static StateStore withoutTrailingBlanks(StateStore store) {
    return changingErrors(store, error -> error.replaceAll(" +$", ""));
  }

  // ---- how they are made

  private interface PageChange {
    Page<Execution> change(ExecutionQuery query, Page<Execution> page);
  }

  private interface QueryChange {
    ExecutionQuery change(ExecutionQuery query);
  }

  private interface ErrorChange {
    @Nullable String change(String error);
  }

  private static StateStore changingPages(StateStore store, PageChange change) {
    return new ForwardingStateStore(store) {
      @Override
      public Page<Execution> executions(ExecutionQuery query) {
        return change.change(query, super.executions(query));
      }
    };
  }

  private static StateStore changingQueries(StateStore store, QueryChange change) {
    return new ForwardingStateStore(store) {
      @Override
      public Page<Execution> executions(ExecutionQuery query) {
        Page<Execution> page = super.executions(change.change(query));
        Long offset = query.after() == null ? (Long) query.offset() : null;
        return new Page<>(page.items(), page.total(), offset, page.limit(), page.next());
      }
    };
  }

  private static StateStore changingConditions(
      StateStore store, UnaryOperator<ExecutionConditions> change) {
    return changingQueries(
        store, query -> copy(query, change.apply(query.conditions()), query.offset()));
  }

  private static ExecutionConditions changed(
      ExecutionConditions conditions,
      List<LabelCondition> labelConditions,
      @Nullable Instant endedUntil,
      @Nullable TaskRunCondition taskRun) {
    return new ExecutionConditions(
        conditions.states(),
        conditions.workflowId(),
        conditions.labels(),
        labelConditions,
        conditions.since(),
        conditions.until(),
        conditions.endedSince(),
        endedUntil,
        taskRun,
        conditions.parent());
  }

  private static ExecutionQuery copy(
      ExecutionQuery query, Map<String, String> labels, @Nullable Instant since, long offset) {
    ExecutionConditions conditions = query.conditions();
    return copy(
        query,
        new ExecutionConditions(
            conditions.states(),
            conditions.workflowId(),
            labels,
            conditions.labelConditions(),
            since,
            conditions.until(),
            conditions.endedSince(),
            conditions.endedUntil(),
            conditions.taskRun(),
            conditions.parent()),
        offset);
  }

  private static ExecutionQuery copy(
      ExecutionQuery query, ExecutionConditions conditions, long offset) {
    return new ExecutionQuery(conditions, query.order(), offset, query.limit(), query.after());
  }

  private static StateStore changingErrors(StateStore store, ErrorChange change) {
    return new ForwardingStateStore(store) {
      @Override
      public @Nullable Execution execution(ExecutionId id) {
        Execution e = super.execution(id);
        return e == null || e.error() == null ? e : withError(e, change.change(e.error()));
      }

      @Override
      public @Nullable Attempt attempt(AttemptId id) {
        Attempt a = super.attempt(id);
        return a == null || a.error() == null ? a : withError(a, change.change(a.error()));
      }
    };
  }

  private static Attempt withError(Attempt a, @Nullable String error) {
    return new Attempt(
        a.id(), a.state(), a.worker(), a.startedAt(), a.endedAt(), a.exitCode(), error);
  }

  private static Execution withError(Execution e, @Nullable String error) {
    return new Execution(
        e.id(),
        e.workflowId(),
        e.workflowRevision(),
        e.state(),
        e.version(),
        e.labels(),
        e.input(),
        e.createdAt(),
        e.startedAt(),
        e.endedAt(),
        error,
        e.parent(),
        e.continues(),
        e.continuedAs());
  }

  private static <T> Page<T> with(Page<T> page, List<T> items, long total, @Nullable Cursor next) {
    return new Page<>(items, total, page.offset(), page.limit(), next);
  }
}
