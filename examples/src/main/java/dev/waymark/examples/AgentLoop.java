package dev.waymark.examples;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.jackson.JacksonCodec;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.api.TaskContext;
import dev.waymark.sqlite.SqliteStateStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An agent that calls a model and a tool in turn until the model has an answer. Each turn is an
 * iteration of one task, so what is done stays done when the process is killed.
 */
public final class AgentLoop {
  private static final WorkflowId AGENT = new WorkflowId("agent");

  private static final String DEFINITION =
      """
      id: agent
      tasks:
        turn: {uses: turn, retry: {max-attempts: 3, delay: 1ms}}
        report: {uses: report, needs: turn}
      """;

  private AgentLoop() {}

  // embedding: begin
  private static final int MOST_TURNS = 20;

  record Talk(List<String> lines) {
    Talk with(String... more) {
      List<String> all = new ArrayList<>(lines);
      all.addAll(List.of(more));
      return new Talk(all);
    }
  }

  /** One turn: a call of the model, and of the tool that it asks for. */
  static void turn(TaskContext t) {
    Talk before = t.iterationInput(Talk.class);
    Talk talk = before == null ? new Talk(List.of("how warm is it in Oslo?")) : before;
    String said = model(talk);
    if (said.startsWith("answer: ")) {
      t.setResult(talk.with(said)); // The last iteration: the tasks that need this one start.
    } else if (t.iteration() == MOST_TURNS) {
      throw new IllegalStateException("no answer after " + MOST_TURNS + " turns");
    } else {
      t.again(talk.with(said, tool(said)));
    }
  }

  // embedding: end

  /** Stands for a model: it asks for a tool until it knows enough. */
  private static String model(Talk talk) {
    return switch (talk.lines().size()) {
      case 1 -> "call: find Oslo";
      case 3 -> "call: weather at 59.9, 10.7";
      default -> "answer: 12 degrees";
    };
  }

  private static String tool(String call) {
    return call.startsWith("call: find") ? "59.9, 10.7" : "12 degrees";
  }

  /**
   * Runs the agent.
   *
   * @param arguments the file of the store
   */
  public static void main(String[] arguments) {
    try (StateStore store = SqliteStateStore.open(Path.of(arguments[0]));
        Runner runner =
            Runner.builder(store)
                .codec(JacksonCodec.create())
                .handler("turn", AgentLoop::turn)
                .handler("report", AgentLoop::report)
                .build()) {
      store.saveWorkflow(new NewWorkflow(AGENT, DEFINITION));
      ExecutionId id = runner.start(StartRequest.builder(AGENT).build());
      System.out.println(runner.run(id));
      store.taskRuns(id).forEach(run -> System.out.println(run.taskId() + " " + run.state()));
    }
  }

  private static void report(TaskContext t) {
    t.resultOf("turn", Talk.class).lines().forEach(System.out::println);
  }
}
