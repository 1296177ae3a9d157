package dev.waymark.spring.trials;

import dev.waymark.runner.api.TaskContext;
import dev.waymark.spring.WaymarkHandler;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.springframework.jdbc.core.JdbcTemplate;

/** Handlers of the trials: one looks for its order, and one waits until it is released. */
class Probe {
  final Queue<Integer> seen = new ConcurrentLinkedQueue<>();
  final Queue<Integer> missed = new ConcurrentLinkedQueue<>();
  final CountDownLatch holds = new CountDownLatch(1);
  final CountDownLatch release = new CountDownLatch(1);
  private final JdbcTemplate jdbc;

  Probe(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  @WaymarkHandler("look")
  public Map<String, Integer> look(Map<String, Integer> input) {
    int id = input.get("id");
    Integer found =
        jdbc.queryForObject("SELECT count(*) FROM orders WHERE id = ?", Integer.class, id);
    (found != null && found == 1 ? seen : missed).add(id);
    return Map.of("seen", id);
  }

  @WaymarkHandler("hold")
  public void hold(TaskContext task) throws InterruptedException {
    holds.countDown();
    release.await();
    task.output("held", "yes");
  }
}
