package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.testkit.contract.base.ContractTest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Commits whose result is returned by a future.
 *
 * @since 0.1.0
 */
public abstract class AsyncContract extends ContractTest {

  /** For backends that run this topic alone. */
  protected AsyncContract() {}

  private static <T> T answer(CompletableFuture<T> future) {
    try {
      return future.get(60, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("no answer", e);
    }
  }

  private static Throwable error(CompletableFuture<?> future) {
    try {
      future.get(60, TimeUnit.SECONDS);
      throw new AssertionError("no error");
    } catch (ExecutionException e) {
      return exists(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("no answer", e);
    }
  }

  @Test
  @DisplayName("the answer of the future is that of a commit, and is durable")
  void answer() {
    ExecutionId id = ids.executionId();
    ChangeSet create = changes().createExecution(new NewExecution(id, flow())).build();
    CommitResult result = answer(store.commitAsync(create));
    assertThat(result.id()).isEqualTo(create.id());
    assertThat(openAnother().execution(id)).isNotNull();
    assertThat(store.commit(create)).isEqualTo(result);
    assertThat(answer(store.commitAsync(create))).isEqualTo(result);
  }

  @Test
  @DisplayName("each of many commits in flight may depend on the one before")
  void order() {
    int attempts = 100;
    flow();
    ExecutionId execution = ids.executionId();
    TaskRunId run = ids.taskRunId();
    List<CompletableFuture<CommitResult>> answers = new ArrayList<>();
    answers.add(
        store.commitAsync(changes().createExecution(new NewExecution(execution, FLOW)).build()));
    answers.add(
        store.commitAsync(
            changes().createTaskRun(new NewTaskRun(run, execution, new TaskId("t"))).build()));
    for (int i = 0; i < attempts; i++) {
      long version = 1 + 2L * i;
      answers.add(
          store.commitAsync(changes().updateTaskRun(run, TaskRunState.RUNNING, version).build()));
      answers.add(
          store.commitAsync(
              changes().updateTaskRun(run, TaskRunState.RETRYING, version + 1).build()));
    }
    answers.forEach(AsyncContract::answer);
    assertThat(stored(run).version()).isEqualTo(1 + 2 * attempts);
    assertThat(details(execution).history()).hasSize(2 + 2 * attempts);
  }

  @Test
  @DisplayName("commits in flight that create the same task run are answered in their order")
  void sameTaskRun() {
    flow();
    for (int i = 0; i < 20; i++) {
      ExecutionId execution = ids.executionId();
      TaskRunId run = ids.taskRunId();
      ChangeSet first =
          changes()
              .createExecution(new NewExecution(execution, FLOW))
              .createTaskRun(new NewTaskRun(run, execution, new TaskId("t")))
              .build();
      // The other execution does not exist. That the task run exists is found first.
      NewTaskRun again = new NewTaskRun(run, ids.executionId(), new TaskId("t"));
      CompletableFuture<CommitResult> created = store.commitAsync(first);
      CompletableFuture<CommitResult> other =
          store.commitAsync(changes().createTaskRun(again).build());
      CompletableFuture<CommitResult> changed =
          store.commitAsync(ChangeSet.builder(first.id()).createTaskRun(again).build());
      answer(created);
      assertThat(error(other)).isInstanceOf(ConflictException.class);
      assertThat(error(changed)).isInstanceOf(InvalidInputException.class);
    }
  }

  @Test
  @DisplayName("the future of a refused commit fails, and other commits of its group succeed")
  void refusal() {
    flow();
    List<CompletableFuture<CommitResult>> answers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      ExecutionId id = ids.executionId();
      answers.add(store.commitAsync(changes().createExecution(new NewExecution(id, FLOW)).build()));
      answers.add(
          store.commitAsync(changes().updateExecution(id, ExecutionState.RUNNING, 7L).build()));
    }
    for (int i = 0; i < answers.size(); i++) {
      if (i % 2 == 0) {
        answer(answers.get(i));
      } else {
        assertThat(error(answers.get(i))).isInstanceOf(ConflictException.class);
      }
    }
    assertThat(
            store
                .executions(ExecutionQuery.builder().states(ExecutionState.PENDING).build())
                .total())
        .isEqualTo(50);
  }

  @Test
  @DisplayName("the future of an invalid commit fails too")
  void badInput() {
    String large = "x".repeat(Limits.defaults().maxDefinitionBytes() + 1);
    assertThat(
            error(
                store.commitAsync(
                    changes()
                        .saveWorkflow(new NewWorkflow(new WorkflowId("large"), large))
                        .build())))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("maxDefinitionBytes");
  }

  @Test
  @DisplayName("a callback of the future may itself commit, and wait for the answer")
  void commitsWithinStages() {
    flow();
    List<CompletableFuture<Long>> chains = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ExecutionId id = ids.executionId();
      ChangeSet create = changes().createExecution(new NewExecution(id, FLOW)).build();
      ChangeSet start = changes().updateExecution(id, ExecutionState.RUNNING, 1L).build();
      chains.add(
          store
              .commitAsync(create)
              .thenApply(done -> store.commit(start).outcomes().get(0).version()));
    }
    assertThat(chains).allSatisfy(chain -> assertThat(answer(chain)).isEqualTo(2));
  }

  @Test
  @DisplayName("cancelling the future neither withdraws the change set nor damages the store")
  void cancelled() {
    flow();
    ExecutionId id = ids.executionId();
    store.commitAsync(changes().createExecution(new NewExecution(id, FLOW)).build()).cancel(true);
    store.updateExecution(id, ExecutionState.RUNNING, 1);
    assertThat(stored(id).state()).isEqualTo(ExecutionState.RUNNING);
    store.close();
    assertThat(openAnother().execution(id)).isNotNull();
  }

  @Test
  @DisplayName("closing the store waits for commits in flight, and later commits are refused")
  void closing() {
    flow();
    List<CompletableFuture<CommitResult>> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      answers.add(
          store.commitAsync(
              changes().createExecution(new NewExecution(ids.executionId(), FLOW)).build()));
    }
    store.close();
    answers.forEach(AsyncContract::answer);
    ChangeSet late = changes().createExecution(new NewExecution(ids.executionId(), FLOW)).build();
    assertThatIllegalStateException()
        .isThrownBy(() -> store.commitAsync(late))
        .withMessageContaining("closed");
    assertThat(openAnother().executions(ExecutionQuery.all()).total()).isEqualTo(200);
  }
}
