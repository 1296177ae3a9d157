package dev.waymark.examples;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.sqlite.SqliteStateStore;
import dev.waymark.worker.Worker;
import dev.waymark.worker.api.Plan;
import dev.waymark.worker.api.Progress;
import dev.waymark.worker.api.Result;
import dev.waymark.worker.api.Retry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** An orchestrator with a graph of its own: each line of a workflow is a task and what it needs. */
public final class OwnOrchestrator {
  private static final WorkflowId REPORT = new WorkflowId("report");
  private static final String GRAPH = "fetch\nclean fetch\ncount clean\npublish clean count";

  private OwnOrchestrator() {}

  /** Runs one execution. */
  public static void main(String[] arguments) throws InterruptedException {
    try (StateStore store = SqliteStateStore.open(Path.of(arguments[0]))) {
      store.saveWorkflow(new NewWorkflow(REPORT, GRAPH));
      System.out.println(run(store));
    }
  }

  private static Object run(StateStore store) throws InterruptedException {
    // embedding: begin
    try (Worker worker =
        Worker.builder(store)
            .workflow(REPORT)
            .concurrency(4)
            .retry(Retry.of(3, Duration.ofMillis(100)))
            .handle((claimed, context) -> work(claimed.taskRun().taskId().value()))
            .next((progress, plan) -> next(GRAPH, progress, plan))
            .start()) {
      ExecutionId id = Ids.system().executionId();
      worker.submit(new NewExecution(id, REPORT));
      Execution ended = worker.awaitEnd(id, Duration.ofMinutes(1));
      return ended == null ? "still running" : ended.state();
    }
    // embedding: end
  }

  /** Starts each task whose needs have succeeded. */
  private static void next(String graph, Progress progress, Plan plan) {
    List<String> lines = graph.lines().toList();
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      if (progress.succeeded(List.of(words).subList(1, words.length).toArray(String[]::new))) {
        plan.run(words[0]);
      }
    }
    if (progress.isBroken()) {
      plan.fail(progress.failures());
    } else if (progress.isFinished() && progress.records().taskRuns().size() == lines.size()) {
      plan.succeed(progress.result("publish"));
    }
  }

  private static Result work(String task) {
    System.out.println("working on " + task);
    return Result.success(Payload.json("\"" + task + " is done\""));
  }
}
