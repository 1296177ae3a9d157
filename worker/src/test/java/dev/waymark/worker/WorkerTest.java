package dev.waymark.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ForwardingStateStore;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Await;
import dev.waymark.worker.api.Next;
import dev.waymark.worker.api.Placement;
import dev.waymark.worker.api.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A worker")
class WorkerTest extends WorkerFixture {
  /** Three tasks side by side, and one after them. */
  private static final Next FAN =
      (progress, plan) -> {
        plan.run("a");
        plan.run("b");
        plan.run("c");
        if (progress.succeeded("a", "b", "c")) {
          plan.run("join", progress.result("a"));
        }
        if (progress.isBroken()) {
          plan.fail(progress.failures());
        } else if (progress.succeeded("join")) {
          plan.succeed(progress.result("join"));
        }
      };

  @ParameterizedTest
  @EnumSource
  @DisplayName("runs the tasks that the program decides, with their inputs, to the end")
  void chain(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    start(
        Worker.builder(store)
            .handle(
                (claimed, context) ->
                    Result.success(
                        context.input() == null
                            ? json(claimed.taskRun().taskId().value())
                            : context.input()))
            .next(FAN));
    ExecutionId id = submit(store);
    ended(store, id, ExecutionState.SUCCEEDED);
    assertThat(store.payload(PayloadRef.resultOf(id))).isEqualTo(json("a"));
    assertThat(store.taskRuns(id)).hasSize(4);
    assertThat(attempts(store, id, "join")).containsExactly(AttemptState.SUCCEEDED);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("runs a task again as long as the program decides so, each time as an iteration")
  void loop(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    start(
        Worker.builder(store)
            .handle(
                (claimed, context) -> {
                  String before = context.input() == null ? "" : context.input().text();
                  return Result.success(
                      Payload.json(before + claimed.taskRun().taskId().iteration()));
                })
            .next(
                (progress, plan) -> {
                  TaskId last = progress.newest("turn");
                  if (last == null) {
                    plan.run("turn");
                  } else if (progress.succeeded(last.value()) && last.iteration() < 5) {
                    plan.run(last.again().value(), progress.result(last.value()));
                  } else if (progress.succeeded(last.value())) {
                    plan.succeed(progress.result(last.value()));
                  }
                }));
    ExecutionId id = submit(store);
    ended(store, id, ExecutionState.SUCCEEDED);
    assertThat(store.taskRuns(id).stream().map(run -> run.taskId().value()))
        .containsExactly("turn", "turn#2", "turn#3", "turn#4", "turn#5");
    assertThat(store.payload(PayloadRef.resultOf(id)).text()).isEqualTo("12345");
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("continues an execution as a new one as often as the program decides so")
  void continues(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    start(
        Worker.builder(store)
            .handle(
                (claimed, context) -> {
                  Payload before = context.input();
                  int sum = before == null ? 1 : Integer.parseInt(before.text()) + 1;
                  return Result.success(Payload.json(String.valueOf(sum)));
                })
            .next(
                (progress, plan) -> {
                  Payload sum = progress.result("turn");
                  plan.run("turn", progress.execution().input());
                  if (progress.succeeded("turn") && sum.text().equals("4")) {
                    plan.succeed(sum);
                  } else if (progress.succeeded("turn")) {
                    plan.continueAs(
                        new NewExecution(
                            Ids.system().executionId(), FLOW, null, Map.of("turn", "next"), sum));
                  }
                }));
    ExecutionId id = submit(store);
    store.signal(id, "news", null, null);
    ended(store, id, ExecutionState.SUCCEEDED);
    int continued = 0;
    while (store.execution(id).continuedAs() != null) {
      id = store.execution(id).continuedAs();
      ended(store, id, ExecutionState.SUCCEEDED);
      continued++;
    }
    assertThat(continued).isEqualTo(3);
    assertThat(store.payload(PayloadRef.resultOf(id)).text()).isEqualTo("4");
    assertThat(store.execution(id).labels()).isEqualTo(Map.of("turn", "next"));
    assertThat(store.signals(id)).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("commits the end of an attempt with all that follows from it")
  void oneChangeSet(Backend backend) throws InterruptedException {
    Queue<ChangeSet> commits = new ConcurrentLinkedQueue<>();
    StateStore store = new RecordingStore(use(backend), commits);
    start(
        Worker.builder(store)
            .handle((claimed, context) -> Result.success(json("result")))
            .next(
                (progress, plan) -> {
                  plan.run("first");
                  if (progress.succeeded("first")) {
                    plan.run("second");
                  }
                  if (progress.succeeded("second")) {
                    plan.succeed();
                  }
                }));
    ExecutionId id = submit(store);
    ended(store, id, ExecutionState.SUCCEEDED);
    List<List<String>> ends =
        commits.stream()
            .filter(set -> set.changes().stream().anyMatch(Change.UpdateAttempt.class::isInstance))
            .map(
                set -> set.changes().stream().map(each -> each.getClass().getSimpleName()).toList())
            .toList();
    assertThat(ends)
        .containsExactly(
            List.of(
                "UpdateAttempt",
                "SetPayload",
                "UpdateTaskRun",
                "CreateTaskRun",
                "ReadyTaskRun",
                "SettleExecution"),
            List.of(
                "UpdateAttempt",
                "SetPayload",
                "UpdateTaskRun",
                "UpdateExecution",
                "SettleExecution"));
  }

  /** Keeps the change sets that it commits. */
  private static final class RecordingStore extends ForwardingStateStore {
    private final Queue<ChangeSet> commits;

    RecordingStore(StateStore store, Queue<ChangeSet> commits) {
      super(store);
      this.commits = commits;
    }

    @Override
    public CommitResult commit(ChangeSet changes) {
      commits.add(changes);
      return super.commit(changes);
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("shares many executions with others, and each task runs once")
  void manyWorkers(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    Map<String, AtomicInteger> runs = new ConcurrentHashMap<>();
    List<StateStore> all = List.of(store, another(backend));
    for (int i = 0; i < 4; i++) {
      start(
          Worker.builder(all.get(i % 2))
              .concurrency(3)
              .handle(
                  (claimed, context) -> {
                    runs.computeIfAbsent(context.idempotencyKey(), key -> new AtomicInteger())
                        .incrementAndGet();
                    return Result.success(json("done"));
                  })
              .next(FAN));
    }
    List<ExecutionId> ids = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      ids.add(submit(all.get(i % 2)));
    }
    for (ExecutionId id : ids) {
      ended(store, id, ExecutionState.SUCCEEDED);
      assertThat(store.taskRuns(id)).hasSize(4);
    }
    assertThat(runs).hasSize(4 * ids.size());
    assertThat(runs.values()).allMatch(count -> count.get() == 1);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("ends an execution whose tasks have all ended, if the program has no rule")
  void defaultRule(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    start(Worker.builder(store).handle((claimed, context) -> Result.success()));
    ExecutionId id = submit(store);
    var run = new NewTaskRun(Ids.system().taskRunId(), id, new TaskId("only"));
    store.commit(ChangeSet.builder().createTaskRun(run).readyTaskRun(run.id()).build());
    ended(store, id, ExecutionState.SUCCEEDED);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("waits for a timer without a slot, and for something outside")
  void waits(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    start(
        Worker.builder(store)
            .concurrency(1)
            .handle(
                (claimed, context) ->
                    switch (claimed.attempt().number()) {
                      case 1 -> Result.waitFor(Duration.ofMillis(50));
                      case 2 -> Result.waitOutside();
                      default -> Result.success();
                    })
            .next(
                (progress, plan) -> {
                  plan.run("ask");
                  if (progress.succeeded("ask")) {
                    plan.succeed();
                  }
                }));
    ExecutionId id = submit(store);
    Await.until(
        "the second attempt waits",
        () ->
            state(store, id, "ask") != null
                && attempts(store, id, "ask")
                    .equals(List.of(AttemptState.SUCCEEDED, AttemptState.SUCCEEDED)));
    assertThat(state(store, id, "ask")).isEqualTo(TaskRunState.WAITING);
    assertThat(store.leases(10)).isEmpty();
    store.commit(ChangeSet.builder().readyTaskRun(taskRun(store, id, "ask").id()).build());
    ended(store, id, ExecutionState.SUCCEEDED);
    assertThat(attempts(store, id, "ask"))
        .containsExactly(AttemptState.SUCCEEDED, AttemptState.SUCCEEDED, AttemptState.SUCCEEDED);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("records a result although the program cannot decide what is next, and asks again")
  void nextThrows(Backend backend) {
    StateStore store = use(backend);
    AtomicInteger calls = new AtomicInteger();
    start(
        Worker.builder(store)
            .handle((claimed, context) -> Result.success(json("kept")))
            .next(
                (progress, plan) -> {
                  plan.run("task");
                  if (progress.succeeded("task")) {
                    plan.succeed();
                    calls.incrementAndGet();
                    throw new AssertionError("broken on purpose by a test");
                  }
                }));
    ExecutionId id = submit(store);
    Await.until("the end is recorded", () -> state(store, id, "task") == TaskRunState.SUCCEEDED);
    assertThat(calls).hasValue(1);
    assertThat(store.payload(PayloadRef.resultOf(taskRun(store, id, "task").id())))
        .isEqualTo(json("kept"));
    assertThat(store.stalled(null, 10)).isEmpty();
    assertThat(Worker.cancel(store, id)).isEqualTo(ExecutionState.CANCELLED);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("records a result although the store does not accept what the program decides")
  void impossiblePlan(Backend backend) {
    StateStore store = use(backend);
    int tooMuch = store.limits().maxInputBytes() + 1;
    start(
        Worker.builder(store)
            .handle((claimed, context) -> Result.success())
            .next(
                (progress, plan) -> {
                  plan.run("task");
                  if (progress.succeeded("task")) {
                    plan.run("big", json("x".repeat(tooMuch)));
                  }
                }));
    ExecutionId id = submit(store);
    Await.until("the end is recorded", () -> state(store, id, "task") == TaskRunState.SUCCEEDED);
    assertThat(store.taskRuns(id)).hasSize(1);
    assertThat(store.stalled(null, 10)).isEmpty();
    assertThat(Worker.cancel(store, id)).isEqualTo(ExecutionState.CANCELLED);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("asks the program what a time-out means")
  void deadline(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    start(
        Worker.builder(store)
            .handle((claimed, context) -> Result.waitOutside())
            .next(
                (progress, plan) -> {
                  plan.run("answer");
                  if (progress.overdue()) {
                    plan.fail("no answer in time");
                  }
                }));
    ExecutionId id = submit(store);
    store.commit(
        ChangeSet.builder().markDue(id, DueReason.DEADLINE, Duration.ofMillis(100)).build());
    assertThat(ended(store, id, ExecutionState.FAILED).error()).isEqualTo("no answer in time");
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("places tasks in pools, by priority, and leaves other pools to others")
  void pools(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    Placement.Rule rule =
        (execution, task) ->
            new Placement(task.value().startsWith("gpu") ? "gpu" : "cpu", task.value().length());
    Next next =
        (progress, plan) -> {
          plan.run("gpu");
          plan.run("gpu-first");
          plan.run("cpu");
          if (progress.isFinished()) {
            plan.succeed();
          }
        };
    List<String> gpu = new CopyOnWriteArrayList<>();
    ExecutionId id = submit(store);
    Worker cpu =
        start(
            Worker.builder(store)
                .pool("cpu")
                .placement(rule)
                .handle((claimed, context) -> Result.success())
                .next(next));
    Await.until("cpu has ended", () -> state(store, id, "cpu") == TaskRunState.SUCCEEDED);
    assertThat(cpu.isRunning()).isTrue();
    assertThat(state(store, id, "gpu")).isEqualTo(TaskRunState.PENDING);
    start(
        Worker.builder(store)
            .pool("gpu")
            .placement(rule)
            .concurrency(1)
            .handle(
                (claimed, context) -> {
                  gpu.add(claimed.taskRun().taskId().value());
                  return Result.success();
                })
            .next(next));
    ended(store, id, ExecutionState.SUCCEEDED);
    assertThat(gpu).containsExactly("gpu-first", "gpu");
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("leaves executions of other workflows alone")
  void otherWorkflows(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    var foreign = new WorkflowId("foreign");
    store.saveWorkflow(new NewWorkflow(foreign, "of another program"));
    ExecutionId theirs = Ids.system().executionId();
    Worker.submit(store, new NewExecution(theirs, foreign));
    start(
        Worker.builder(store)
            .workflow(FLOW)
            .handle((claimed, context) -> Result.success())
            .next((progress, plan) -> plan.cancel("asked for every execution")));
    ended(store, submit(store), ExecutionState.CANCELLED);
    assertThat(store.execution(theirs).state()).isEqualTo(ExecutionState.PENDING);
    NewTaskRun run = new NewTaskRun(Ids.system().taskRunId(), theirs, new TaskId("shared"));
    store.commit(ChangeSet.builder().createTaskRun(run).readyTaskRun(run.id()).build());
    Await.until(
        "it has run the task run of the shared pool",
        () -> state(store, theirs, "shared") == TaskRunState.SUCCEEDED);
    assertThat(store.execution(theirs).state()).isEqualTo(ExecutionState.RUNNING);
    assertThat(store.claim(ClaimRequest.of("theirs", 0, LONG)).due())
        .containsExactly(new Claims.Due(theirs, DueReason.SETTLE));
    Worker.cancel(store, theirs);
  }
}
