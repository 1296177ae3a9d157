package dev.waymark.bench.micro;

import dev.waymark.bench.commits.Lifecycle;
import dev.waymark.core.internal.decide.Decider;
import dev.waymark.core.internal.decide.Effect;
import dev.waymark.core.internal.decide.ExecutionHead;
import dev.waymark.core.internal.decide.LeaseState;
import dev.waymark.core.internal.decide.Ledger;
import dev.waymark.core.internal.decide.TaskRunCounts;
import dev.waymark.core.internal.decide.TaskRunHead;
import dev.waymark.core.internal.decide.Verdict;
import dev.waymark.core.internal.decide.WorkflowHead;
import dev.waymark.core.internal.submit.Submission;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Transition;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Limits;
import dev.waymark.jdbc.internal.read.TransitionText;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The cost of a commit without the database: checking, deciding, and writing the history as text.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PureParts {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.123456Z");

  private final Limits limits = Limits.defaults();
  private final Lifecycle lifecycle = new Lifecycle.Source().next();
  private final ChangeSet create = lifecycle.step(1).changeSet();
  private final ChangeSet endTask = lifecycle.step(4).changeSet();
  private final Submission createSubmission = Submission.of(create, NOW, limits);
  private final Submission endTaskSubmission = Submission.of(endTask, NOW, limits);
  private final List<Effect.Moved> created = moved(decideCreation());
  private final String createdText = TransitionText.write(created);

  private static List<Effect.Moved> moved(Verdict verdict) {
    return ((Verdict.Accepted) verdict)
        .effects().stream().map(effect -> (Effect.Moved) effect).toList();
  }

  /** Checks the creation of an execution with three task runs, and hashes it. */
  @Benchmark
  public Submission checkCreation() {
    return Submission.of(create, NOW, limits);
  }

  /** Checks the end of an attempt and of its task run. */
  @Benchmark
  public Submission checkEndOfTask() {
    return Submission.of(endTask, NOW, limits);
  }

  /** Decides the creation, with a ledger that holds the workflow. */
  @Benchmark
  public final Verdict decideCreation() {
    Ledger ledger = new Ledger();
    ledger.load(new WorkflowHead(lifecycle.workflow(), 1, 1, "hash"));
    return Decider.decide(createSubmission, ledger, limits);
  }

  /** Decides the end of a task, with a ledger that holds everything that the decision reads. */
  @Benchmark
  public Verdict decideEndOfTask() {
    Ledger ledger = new Ledger();
    ledger.load(
        new ExecutionHead(
            lifecycle.execution(),
            lifecycle.workflow(),
            ExecutionState.RUNNING,
            2,
            NOW,
            NOW,
            null,
            "hash",
            null,
            null));
    ledger.load(lifecycle.execution(), new TaskRunCounts(3, 3, 0));
    ledger.load(
        new TaskRunHead(
            lifecycle.taskRuns().get(0),
            lifecycle.execution(),
            new TaskId("extract"),
            TaskRunState.RUNNING,
            2,
            1,
            AttemptState.RUNNING,
            LeaseState.NONE,
            NOW,
            null));
    return Decider.decide(endTaskSubmission, ledger, limits);
  }

  /** Writes the four transitions of a creation as text. */
  @Benchmark
  public String writeTransitions() {
    return TransitionText.write(created);
  }

  /** Parses these transitions. */
  @Benchmark
  public List<Transition> readTransitions() {
    return TransitionText.read(createdText, 1, NOW);
  }
}
