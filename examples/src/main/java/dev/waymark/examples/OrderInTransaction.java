package dev.waymark.examples;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.jdbc.TransactionalStore;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.sqlite.SqliteStateStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * A shop whose orders, and the executions that ship them, become durable together. The tables of
 * the shop and of the store are in one SQLite file. With a schema of PostgreSQL, only the two lines
 * that open store and connection differ.
 */
public final class OrderInTransaction {
  private static final String SHIP =
      """
      id: ship-order
      inputs: {order: {}}
      tasks:
        ship: {uses: ship}
      """;

  private OrderInTransaction() {}

  /** Places two orders, and ships the one that is kept. */
  public static void main(String[] arguments) throws SQLException {
    Path file = Path.of(arguments[0]);
    try (TransactionalStore store = SqliteStateStore.open(file);
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement sql = connection.createStatement();
        Runner runner =
            Runner.builder(store)
                .handler(
                    "ship", t -> System.out.println("shipping order " + t.inputs().get("order")))
                .build()) {
      store.saveWorkflow(new NewWorkflow(new WorkflowId("ship-order"), SHIP));
      sql.execute("CREATE TABLE orders (id integer PRIMARY KEY, execution text NOT NULL)");
      connection.setAutoCommit(false);

      place(1, connection, store, runner);
      connection.rollback(); // The payment was declined: neither order nor execution is left.

      ExecutionId shipment = place(2, connection, store, runner);
      connection.commit(); // From now on a worker ships it, whatever happens to this process.

      System.out.println(runner.run(shipment));
    }
  }

  // embedding: begin
  static ExecutionId place(
      int order, Connection connection, TransactionalStore store, Runner runner)
      throws SQLException {
    StartRequest start =
        StartRequest.builder(new WorkflowId("ship-order"))
            .inputs(Map.of("order", Integer.toString(order)))
            .build();
    ExecutionId shipment = runner.start(start, store.within(connection));
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO orders (id, execution) VALUES (?, ?)")) {
      insert.setInt(1, order);
      insert.setString(2, shipment.toString());
      insert.executeUpdate();
    }
    return shipment;
  }
  // embedding: end
}
