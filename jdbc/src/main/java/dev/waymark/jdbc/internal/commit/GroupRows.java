package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.decide.Effect;
import dev.waymark.core.internal.decide.ExecutionHead;
import dev.waymark.core.internal.decide.Verdict;
import dev.waymark.core.internal.submit.PastCommit;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.jdbc.internal.read.TransitionText;
import dev.waymark.jdbc.internal.sql.CountChanges;
import dev.waymark.jdbc.internal.sql.Rows;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects the effects of all accepted change sets of a group as rows to be written. The history
 * takes one row for each change set and execution, and the past of commits one row for each change
 * set.
 */
final class GroupRows {
  private final List<WriteBatch> batches = new ArrayList<>();
  private final Rows history = WriteStatement.INSERT_HISTORY.rows();
  private final Rows commits = WriteStatement.INSERT_COMMIT.rows();
  private final Rows touched = WriteStatement.TOUCH_COMMIT.rows();
  private final CountChanges counts = new CountChanges();

  GroupRows() {
    batches.add(new WriteBatch());
  }

  /** The rows of these verdicts, in the order in which they were decided. */
  static GroupRows of(List<Verdict> verdicts) {
    GroupRows writes = new GroupRows();
    for (Verdict verdict : verdicts) {
      if (verdict instanceof Verdict.Accepted accepted) {
        writes.add(accepted);
      } else if (verdict instanceof Verdict.Repeated repeated) {
        writes.add(repeated);
      }
    }
    return writes;
  }

  /** Adds an accepted change set; change sets come in the order in which they were decided. */
  private void add(Verdict.Accepted accepted) {
    PastCommit past = accepted.past();
    add(accepted.effects(), past.at());
    commits.add(past.id().value(), past.at(), past.fingerprint(), past.versions());
  }

  /** Adds effects that happened together, at this time. */
  void add(List<Effect> effects, Instant at) {
    Map<ExecutionId, List<Effect.Moved>> moves = new LinkedHashMap<>();
    for (Effect effect : effects) {
      addToBatch(effect);
      count(effect);
      if (effect instanceof Effect.Moved move) {
        moves.computeIfAbsent(move.executionId(), id -> new ArrayList<>()).add(move);
      } else if (effect instanceof Effect.ExecutionDeleted deleted) {
        moves.remove(deleted.execution());
        removeHistory(deleted.execution());
      }
    }
    moves.forEach((execution, list) -> addHistory(execution, at, list));
  }

  /** The history is written at the end, so what came before a deletion must not be written. */
  private void removeHistory(ExecutionId execution) {
    history.rows().removeIf(row -> execution.value().equals(row[0]));
  }

  private void addHistory(ExecutionId execution, Instant at, List<Effect.Moved> moves) {
    int unfinished = 0;
    int ended = 0;
    for (Effect.Moved move : moves) {
      if (move instanceof Effect.TaskRunCreated) {
        unfinished++;
      } else if (move instanceof Effect.TaskRunMoved moved && moved.to().isTerminal()) {
        unfinished--;
        ended++;
      } else if (move instanceof Effect.AttemptMoved) {
        ended++;
      }
    }
    history.add(
        execution.value(), at, moves.size(), TransitionText.write(moves), unfinished, ended);
  }

  private void count(Effect effect) {
    if (effect instanceof Effect.ExecutionCreated created) {
      Execution execution = created.execution();
      counts.add(execution.workflowId(), null, execution.state(), execution.createdAt());
    } else if (effect instanceof Effect.ExecutionMoved moved) {
      ExecutionHead after = moved.after();
      counts.add(after.workflowId(), moved.from(), after.state(), after.createdAt());
    }
  }

  private void addToBatch(Effect effect) {
    if (!batches.get(batches.size() - 1).take(effect)) {
      WriteBatch next = new WriteBatch();
      next.take(effect);
      batches.add(next);
    }
  }

  /**
   * Adds a past commit that is answered again. It is written again, so that the transaction commits
   * something: a process that was killed between writing its log and syncing it leaves commits that
   * can be read but are not yet durable, and only a durable commit may be answered.
   */
  private void add(Verdict.Repeated repeated) {
    touched.add(repeated.result().id().value());
  }

  /** The rows to write, in order; empty when there are none. To be called once, at the end. */
  List<Rows> rows() {
    List<Rows> all = new ArrayList<>();
    for (WriteBatch batch : batches) {
      all.addAll(batch.rows());
    }
    all.addAll(List.of(history, commits, touched));
    all.removeIf(Rows::isEmpty);
    return all;
  }

  /** How the numbers of executions change by these rows. */
  CountChanges counts() {
    return counts;
  }
}
