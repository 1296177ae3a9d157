package dev.waymark.runner;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.api.TaskContext;
import dev.waymark.sqlite.SqliteStateStore;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A program that runs a workflow of many tasks, each with an output of 200 bytes, the last of which
 * needs all of them. Its arguments are a folder and the number of tasks.
 */
final class BigWorkflow {
  private static final String OUTPUT = "x".repeat(200);

  private BigWorkflow() {}

  /** Runs it, and prints how it ended and how many outputs the last task received. */
  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    int tasks = Integer.parseInt(arguments[1]);
    try (StateStore store = SqliteStateStore.open(folder.resolve("store.db"));
        Runner runner =
            Runner.builder(store)
                .logDirectory(folder.resolve("logs"))
                .concurrency(16)
                .handler("give", context -> context.output("v", OUTPUT))
                .handler("join", BigWorkflow::join)
                .build()) {
      store.saveWorkflow(new NewWorkflow(new WorkflowId("big"), yaml(tasks)));
      ExecutionId id = runner.start(StartRequest.of(new WorkflowId("big")));
      System.out.println(runner.run(id));
    }
  }

  private static void join(TaskContext context) {
    long whole =
        context.needs().values().stream()
            .filter(outputs -> OUTPUT.equals(outputs.get("v")))
            .count();
    System.out.println("received " + whole);
  }

  private static String yaml(int tasks) {
    String needs =
        IntStream.range(0, tasks - 1).mapToObj(i -> "t" + i).collect(Collectors.joining(", "));
    return IntStream.range(0, tasks - 1)
        .mapToObj(i -> "  t" + i + ": {uses: give}\n")
        .collect(
            Collectors.joining(
                "", "id: big\ntasks:\n", "  join: {uses: join, needs: [" + needs + "]}\n"));
  }
}
