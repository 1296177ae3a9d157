package dev.waymark.examples.shop;

import dev.waymark.runner.api.TaskContext;
import dev.waymark.spring.ResultOf;
import dev.waymark.spring.WaymarkHandler;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Runs the tasks of workflows/ship-order.yaml. */
@Component
public class Shipping {
  private final JdbcTemplate jdbc;

  Shipping(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  // README: begin
  @WaymarkHandler("reserve")
  public Reservation reserve(Order order) {
    return new Reservation(order.item(), "A" + order.id() % 10);
  }

  // README: end

  /** Repeated after a crash, so it is written to have its effect once. */
  @WaymarkHandler("ship")
  @Transactional
  public void ship(Order order, @ResultOf("reserve") Reservation reservation, TaskContext task) {
    jdbc.update(
        "INSERT INTO shipments (order_id, shelf) VALUES (?, ?) ON CONFLICT DO NOTHING",
        order.id(),
        reservation.shelf());
    task.log("shipped order " + order.id() + " from shelf " + reservation.shelf());
  }
}
