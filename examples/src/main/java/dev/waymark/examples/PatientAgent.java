package dev.waymark.examples;

import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.jackson.JacksonCodec;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.ChildExecution;
import dev.waymark.runner.api.ReceivedSignal;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.api.TaskContext;
import dev.waymark.sqlite.SqliteStateStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * An agent that asks a person, sleeps, goes on when the answer has come, and waits for a child.
 * Meanwhile it has no thread and no process: it may be killed at any moment, and the next worker
 * goes on with it.
 */
public final class PatientAgent {
  private static final WorkflowId RESEARCH = new WorkflowId("research");

  private static final String DEFINITION =
      """
      id: research
      tasks:
        agent: {uses: agent, retry: {max-attempts: 10, delay: 1ms}}
      """;

  private static final WorkflowId SUMMARY = new WorkflowId("summary");

  private static final String SUMMARY_DEFINITION =
      """
      id: summary
      tasks:
        write: {uses: summary}
      """;

  private PatientAgent() {}

  // embedding: begin
  record Notes(List<String> steps) {
    Notes with(String step) {
      List<String> all = new ArrayList<>(steps);
      all.add(step);
      return new Notes(all);
    }
  }

  /** One step. What it has done so far is its saved result. */
  static void step(TaskContext t) {
    Notes saved = t.saved(Notes.class);
    Notes notes = saved == null ? new Notes(List.of()) : saved;
    ReceivedSignal answer = t.signal();
    switch (notes.steps().size()) {
      case 0 -> { // Asks a person, who has three days.
        t.setResult(notes.with("asked"));
        t.awaitSignal("answer", Duration.ofDays(3));
      }
      case 1 -> { // The answer is there, or the three days are over.
        t.setResult(notes.with(answer == null ? "no answer" : "answer " + answer.text()));
        t.sleep(Duration.ofMillis(200));
      }
      default -> { // A child writes the summary. The agent waits for its end.
        ExecutionId id = t.child("summary", StartRequest.of(SUMMARY), ChildPolicy.CANCEL);
        ChildExecution summary = t.awaitChild(id);
        if (summary != null) {
          t.setResult(notes.with(summary.result(String.class)));
        }
      }
    }
  }

  // embedding: end

  /**
   * Starts an agent, works on it, or answers it.
   *
   * @param arguments the file of the store, and {@code start}, {@code work ID} or {@code answer ID}
   */
  public static void main(String[] arguments) {
    try (StateStore store = SqliteStateStore.open(Path.of(arguments[0]));
        Runner runner =
            Runner.builder(store)
                .codec(JacksonCodec.create())
                .lease(Duration.ofSeconds(2))
                .handler("agent", PatientAgent::noted)
                .handler("summary", PatientAgent::summary)
                .build()) {
      switch (arguments[1]) {
        case "start" -> {
          store.saveWorkflow(new NewWorkflow(RESEARCH, DEFINITION));
          store.saveWorkflow(new NewWorkflow(SUMMARY, SUMMARY_DEFINITION));
          System.out.println(runner.start(StartRequest.builder(RESEARCH).build()));
        }
        case "answer" ->
            store.signal(
                ExecutionId.of(arguments[2]),
                "answer",
                JacksonCodec.create().encode("yes"),
                "answer-1");
        default -> System.out.println(runner.run(ExecutionId.of(arguments[2])));
      }
    }
  }

  /** The only task of the child. It sleeps once, too. */
  private static void summary(TaskContext t) {
    System.out.println("summary " + t.attempt());
    if (t.attempt() == 1) {
      t.sleep(Duration.ofMillis(500));
    } else {
      t.setResult("done");
    }
  }

  private static void noted(TaskContext t) {
    System.out.println("step " + t.attempt());
    step(t);
    System.out.println("stepped " + t.attempt());
  }
}
