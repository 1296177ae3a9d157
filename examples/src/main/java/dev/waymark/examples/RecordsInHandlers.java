package dev.waymark.examples;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.PayloadCodec;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.jackson.JacksonCodec;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.sqlite.SqliteStateStore;
import java.nio.file.Path;

/** Handlers that get and give Java records. */
public final class RecordsInHandlers {
  private static final WorkflowId ORDERS = new WorkflowId("orders");

  private static final String DEFINITION =
      """
      id: orders
      tasks:
        reserve: {uses: reserve}
        ship: {uses: ship, needs: reserve}
      """;

  private RecordsInHandlers() {}

  record Order(int number, String article) {}

  record Reservation(Order order, String shelf) {}

  /** Runs one order. */
  public static void main(String[] arguments) {
    try (StateStore store = SqliteStateStore.open(Path.of(arguments[0]))) {
      store.saveWorkflow(new NewWorkflow(ORDERS, DEFINITION));
      System.out.println(run(store));
    }
  }

  private static Object run(StateStore store) {
    // embedding: begin
    PayloadCodec codec = JacksonCodec.create();
    try (Runner runner =
        Runner.builder(store)
            .codec(codec)
            .handler("reserve", t -> t.setResult(reserve(t.input(Order.class))))
            .handler("ship", t -> ship(t.resultOf("reserve", Reservation.class)))
            .build()) {
      Order order = new Order(7, "tea");
      ExecutionId id =
          runner.start(StartRequest.builder(ORDERS).input(codec.encode(order)).build());
      return runner.run(id);
    }
    // embedding: end
  }

  private static Reservation reserve(Order order) {
    return new Reservation(order, "B4");
  }

  private static void ship(Reservation reservation) {
    System.out.println(
        "shipping " + reservation.order().article() + " from shelf " + reservation.shelf());
  }
}
