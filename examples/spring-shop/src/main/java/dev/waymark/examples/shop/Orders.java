package dev.waymark.examples.shop;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.spring.WorkflowStarter;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Takes orders. */
@Service
public class Orders {
  private final JdbcTemplate jdbc;
  private final WorkflowStarter workflows;

  Orders(JdbcTemplate jdbc, WorkflowStarter workflows) {
    this.jdbc = jdbc;
    this.workflows = workflows;
  }

  // README: begin
  @Transactional
  public ExecutionId place(Order order) {
    jdbc.update("INSERT INTO orders (id, item) VALUES (?, ?)", order.id(), order.item());
    return workflows.start("ship-order", order); // durable with the order, or not at all
  }

  // README: end

  /** Places an order whose payment is declined: neither the order nor its execution is left. */
  @Transactional
  public ExecutionId placeAndDecline(Order order) {
    ExecutionId id = place(order);
    throw new IllegalStateException("payment declined; execution " + id + " never existed");
  }

  /** Whether an order is there. */
  public boolean exists(int id) {
    Integer found =
        jdbc.queryForObject("SELECT count(*) FROM orders WHERE id = ?", Integer.class, id);
    return found != null && found > 0;
  }
}
