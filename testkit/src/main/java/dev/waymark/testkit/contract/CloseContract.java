package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.testkit.contract.base.ContractTest;
import dev.waymark.testkit.contract.base.Parallel;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The effects of closing a store.
 *
 * @since 0.1.0
 */
public abstract class CloseContract extends ContractTest {

  /** For backends that run this topic alone. */
  protected CloseContract() {}

  @Test
  @DisplayName("a closed store refuses every call")
  void closed() {
    ExecutionId execution = execution();
    TaskRunId run = ids.taskRunId();
    PageRequest page = PageRequest.first(5);
    store.close();
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> store.saveWorkflow(new NewWorkflow(FLOW, "x")),
            () -> store.workflow(FLOW),
            () -> store.workflow(FLOW, 1),
            () -> store.workflows(page),
            () -> store.workflowHistory(FLOW, page),
            () -> store.execution(execution),
            () -> store.executionDetails(execution),
            () -> store.executionProgress(execution),
            () -> store.claim(ClaimRequest.of("worker-1", 1, Duration.ofMinutes(1))),
            () -> store.onReady(() -> {}),
            () -> store.executions(ExecutionQuery.all()),
            () -> store.taskRun(run),
            () -> store.taskRuns(execution),
            () -> store.attempt(new AttemptId(run, 1)),
            () -> store.attempts(run),
            () -> store.log(new AttemptId(run, 1), 0, 1),
            () -> store.executionsWithLogs(START, 1),
            store::pools,
            store::workers,
            () -> store.history(execution, page),
            () -> store.idsStartingWith(RecordKind.WORKFLOW, "", 5))) {
      assertThatIllegalStateException().isThrownBy(call).withMessageContaining("closed");
    }
  }

  @Test
  @DisplayName("closing a store twice does nothing")
  void twice() {
    store.close();
    assertThatCode(store::close).doesNotThrowAnyException();
  }

  @Test
  @DisplayName("closing a store lets the running calls of other threads end")
  void whileInUse() {
    flow();
    Parallel.run(
        4,
        thread -> {
          if (thread == 0) {
            store.close();
            return 0;
          }
          return callsUntilClosed();
        });
  }

  private int callsUntilClosed() {
    try {
      for (int calls = 0; calls < 100_000; calls++) {
        execution();
      }
      throw new AssertionError("the store is still open");
    } catch (IllegalStateException closed) {
      return 1;
    }
  }
}
