package dev.waymark.examples;

import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.sqlite.SqliteStateStore;
import java.nio.file.Path;

/** The runner inside a Java program, with two handlers. */
public final class RunnerAsLibrary {
  private static final String ORDER =
      """
      id: order
      tasks:
        charge: {uses: charge, with: {amount: 1250, currency: EUR}, retry: {max-attempts: 3, delay: 50ms}}
        ship: {needs: charge, uses: ship}
      """;

  record Charge(int amount, String currency) {}

  private RunnerAsLibrary() {}

  /** Runs an order with the SQLite file that the first argument names. */
  public static void main(String[] arguments) {
    WorkflowId order = new WorkflowId("order");
    try (StateStore store = SqliteStateStore.open(Path.of(arguments[0]));
        Runner runner =
            Runner.builder(store)
                .handler(
                    "charge", Charge.class, (c, t) -> t.output("paid", c.currency() + c.amount()))
                .handler("ship", t -> System.out.println("paid by " + t.need("charge", "paid")))
                .build()) {
      store.saveWorkflow(new NewWorkflow(order, ORDER));
      System.out.println(runner.run(runner.start(StartRequest.of(order))));
    }
  }
}
