package dev.waymark.examples.shop;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The shop over HTTP. */
@RestController
class OrderController {
  private final Orders orders;

  OrderController(Orders orders) {
    this.orders = orders;
  }

  /** Answers with the id of the execution, which {@code waymark executions show} takes. */
  @PostMapping("/orders")
  String place(@RequestBody Order order) {
    return orders.place(order).toString();
  }
}
