package dev.waymark.testkit.contract.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.ManualClock;
import dev.waymark.testkit.NothingStranded;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * The shared code of all topics: for each test a new store on a clock that only the test moves, and
 * short methods that create records in a given state.
 *
 * @since 0.1.0
 */
public abstract class ContractTest {
  protected static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  protected static final WorkflowId FLOW = new WorkflowId("nightly-report");

  protected final ManualClock clock = new ManualClock(START);
  public final Ids ids = new Ids(clock, new Random(20260301));
  public StateStore store;
  private StoreFixture fixture;
  private final List<StateStore> opened = new ArrayList<>();
  private final NothingStranded stranded = new NothingStranded();

  /** For the topics. */
  protected ContractTest() {}

  /** Returns a new location for the data of one test. */
  protected abstract StoreFixture newFixture();

  /** The limits with which the tests open their stores. */
  protected Limits limits() {
    return Limits.defaults();
  }

  @BeforeEach
  protected final void openStore() {
    fixture = newFixture();
    store = openAnother();
  }

  @AfterEach
  protected final void closeStores() throws Exception {
    List<String> violations = violations();
    opened.forEach(StateStore::close);
    fixture.close();
    assertThat(violations).as("violations of the store").isEmpty();
  }

  /**
   * The violations in the data that a test leaves, read through a store that the test has not
   * closed. If the test has closed all stores, nothing is checked.
   */
  private List<String> violations() {
    for (StateStore each : opened) {
      try {
        return stranded.violations(each);
      } catch (IllegalStateException closed) {
        // The next store may be open.
      }
    }
    return List.of();
  }

  /** Opens another store on the same data. Skips the test if the backend does not support this. */
  protected final StateStore openAnother() {
    StateStore another = stranded.watch(fixture.open(clock, limits()));
    opened.add(another);
    return another;
  }

  /** How many rows each table has; empty when the backend has no tables. */
  protected final Map<String, Long> rows() {
    try {
      return fixture.rows();
    } catch (Exception e) {
      throw new AssertionError("the tables cannot be read: " + e, e);
    }
  }

  // ---- creating records

  /** Begins a change set whose id is made from the seed of the test. */
  public final ChangeSet.Builder changes() {
    return ChangeSet.builder(ids.commitId());
  }

  /** Saves the workflow that most tests use. Saving it again changes nothing. */
  protected final WorkflowId flow() {
    store.saveWorkflow(new NewWorkflow(FLOW, "tasks: {extract: {run: ./extract.sh}}"));
    return FLOW;
  }

  /** A new execution. */
  protected final ExecutionId execution() {
    return executionIn(ExecutionState.PENDING);
  }

  /** A new execution that has moved to this state. */
  protected final ExecutionId executionIn(ExecutionState state) {
    ExecutionId id = ids.executionId();
    ChangeSet.Builder changes = changes().createExecution(new NewExecution(id, flow()));
    wayTo(state).forEach(to -> changes.updateExecution(id, to));
    store.commit(changes.build());
    return id;
  }

  /** A new task run of an execution. */
  protected final TaskRunId taskRun(ExecutionId execution) {
    return taskRunIn(execution, TaskRunState.PENDING);
  }

  /** A new task run that has moved to this state without any attempt. */
  protected final TaskRunId taskRunIn(ExecutionId execution, TaskRunState state) {
    TaskRunId id = ids.taskRunId();
    ChangeSet.Builder changes =
        changes().createTaskRun(new NewTaskRun(id, execution, new TaskId("task-" + id)));
    wayTo(state).forEach(to -> changes.updateTaskRun(id, to));
    store.commit(changes.build());
    return id;
  }

  /** A new task run of a new execution, both RUNNING, with a live attempt. */
  protected final AttemptId attempt() {
    return attemptIn(AttemptState.RUNNING);
  }

  /**
   * The first attempt of a new task run of a new execution, both RUNNING; the attempt has moved to
   * this state.
   */
  protected final AttemptId attemptIn(AttemptState state) {
    AttemptId id =
        new AttemptId(taskRunIn(executionIn(ExecutionState.RUNNING), TaskRunState.RUNNING), 1);
    store.recordAttempt(id.taskRunId(), "worker-1");
    if (state != AttemptState.RUNNING) {
      store.updateAttempt(id, state);
    }
    return id;
  }

  protected static List<ExecutionState> wayTo(ExecutionState state) {
    return switch (state) {
      case PENDING -> List.of();
      case RUNNING, PAUSED, CANCELLING, CANCELLED -> List.of(state);
      case SUCCEEDED, FAILED -> List.of(ExecutionState.RUNNING, state);
    };
  }

  protected static List<TaskRunState> wayTo(TaskRunState state) {
    return switch (state) {
      case PENDING -> List.of();
      case RUNNING, WAITING, CANCELLED, SKIPPED -> List.of(state);
      case RETRYING, SUCCEEDED, FAILED -> List.of(TaskRunState.RUNNING, state);
    };
  }

  // ---- reading records that must exist

  protected final Workflow stored(WorkflowId id) {
    return exists(store.workflow(id));
  }

  protected final Workflow stored(WorkflowId id, int revision) {
    return exists(store.workflow(id, revision));
  }

  protected final Execution stored(ExecutionId id) {
    return exists(store.execution(id));
  }

  protected final TaskRun stored(TaskRunId id) {
    return exists(store.taskRun(id));
  }

  protected final Attempt stored(AttemptId id) {
    return exists(store.attempt(id));
  }

  /** Everything that a store holds about an execution, for comparisons before and after. */
  protected final ExecutionDetails details(ExecutionId id) {
    return exists(store.executionDetails(id));
  }

  /** Everything that a store holds about the execution of a task run. */
  protected final ExecutionDetails details(TaskRunId id) {
    return details(stored(id).executionId());
  }

  protected static <T> T exists(@Nullable T record) {
    return Objects.requireNonNull(record, "the record is not there");
  }

  // ---- refusals

  /** The refusal of this type with which a call must fail. */
  protected static <E extends RefusedException> E refused(Class<E> type, ThrowingCallable call) {
    Throwable thrown = catchThrowable(call);
    assertThat(thrown).isInstanceOf(type);
    return type.cast(thrown);
  }

  /**
   * The only conflict for which a call must be refused; it names this record and has this reason.
   */
  protected static Refusal refusedFor(
      RecordRef record, Refusal.Reason reason, ThrowingCallable call) {
    RefusedException refusal = refused(RefusedException.class, call);
    assertThat(refusal.refusals()).hasSize(1);
    Refusal only = refusal.refusals().get(0);
    assertThat(only.record()).isEqualTo(record);
    assertThat(only.reason()).isEqualTo(reason);
    assertThat(refusal).hasMessageContaining(record.id());
    assertThat(refusal).hasMessageContaining(only.expected()).hasMessageContaining(only.found());
    return only;
  }

  /** Checks that a call is refused as invalid input with a message that contains these words. */
  protected static void invalid(ThrowingCallable call, String... words) {
    Throwable thrown = catchThrowable(call);
    assertThat(thrown).isInstanceOf(InvalidInputException.class);
    for (String word : words) {
      assertThat(thrown).hasMessageContaining(word);
    }
  }
}
