package dev.waymark.spring.trials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.PayloadCodec;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.TaskRun;
import dev.waymark.examples.shop.Order;
import dev.waymark.examples.shop.Reservation;
import dev.waymark.jackson.Jackson2Codec;
import dev.waymark.jackson.JacksonCodec;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringBootVersion;
import org.springframework.transaction.support.TransactionTemplate;

/** What holds for the shop on both databases. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
abstract class ShopContract {
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private Application shop;

  /** The JDBC URL of a new database. */
  abstract String newDatabase() throws Exception;

  @BeforeAll
  void start() throws Exception {
    shop = Application.start(newDatabase(), "--spring.datasource.hikari.maximum-pool-size=10");
  }

  @AfterAll
  void stop() {
    if (shop != null) {
      shop.close();
    }
  }

  Application shop() {
    return shop;
  }

  static int next() {
    return NUMBERS.incrementAndGet();
  }

  @Test
  @DisplayName("an order is shipped, with typed inputs and results")
  void ships() throws Exception {
    int number = next();
    ExecutionId id = shop.orders().place(new Order(number, "tea"));
    assertThat(shop.bean(EndedExecutions.class).await(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(
            shop.jdbc()
                .queryForObject(
                    "SELECT shelf FROM shipments WHERE order_id = ?", String.class, number))
        .isEqualTo("A" + number % 10);
    TaskRun reserve =
        shop.store().taskRuns(id).stream()
            .filter(run -> run.taskId().value().equals("reserve"))
            .findFirst()
            .orElseThrow();
    assertThat(
            shop.bean(PayloadCodec.class)
                .decode(
                    Objects.requireNonNull(shop.store().payload(PayloadRef.resultOf(reserve.id()))),
                    Reservation.class))
        .isEqualTo(new Reservation("tea", "A" + number % 10));
  }

  @Test
  @DisplayName("payloads are mapped by the Jackson that this version of Boot configures")
  void jackson() {
    boolean isBoot3 = SpringBootVersion.getVersion().startsWith("3.");
    assertThat(shop.bean(PayloadCodec.class))
        .isInstanceOf(isBoot3 ? Jackson2Codec.class : JacksonCodec.class);
  }

  @Test
  @DisplayName("an order that rolls back leaves no execution")
  void rollsBack() {
    int number = next();
    long before = shop.executionsOf("ship-order");
    assertThatThrownBy(() -> shop.orders().placeAndDecline(new Order(number, "tea")))
        .hasMessageContaining("payment declined");
    assertThat(shop.orders().exists(number)).isFalse();
    assertThat(shop.executionsOf("ship-order")).isEqualTo(before);
  }

  @Test
  @DisplayName("a handler never runs before its order is visible")
  void visible() throws Exception {
    Probe probe = shop.bean(Probe.class);
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      int number = next();
      numbers.add(number);
      ExecutionId id =
          shop.transactions()
              .execute(
                  status -> {
                    ExecutionId started =
                        shop.workflows().start("probe", Map.of("id", number), "probe " + number);
                    shop.jdbc().update("INSERT INTO orders VALUES (?, 'probe')", number);
                    return started;
                  });
      assertThat(shop.bean(EndedExecutions.class).await(id)).isEqualTo(ExecutionState.SUCCEEDED);
    }
    assertThat(probe.missed).isEmpty();
    assertThat(probe.seen).containsAll(numbers);
  }

  @Test
  @DisplayName("14 callers in transactions share a pool of 10 connections, and none waits forever")
  void fourteenCallers() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(14);
    CountDownLatch nineHold = new CountDownLatch(9); // The listener of the store has the tenth.
    List<Future<ExecutionId>> started = new ArrayList<>();
    try {
      for (int i = 0; i < 14; i++) {
        int number = next();
        started.add(
            callers.submit(
                () ->
                    shop.transactions()
                        .execute(
                            status -> {
                              nineHold.countDown();
                              await(nineHold);
                              shop.jdbc().update("INSERT INTO orders VALUES (?, 'many')", number);
                              return shop.workflows().start("probe", Map.of("id", number));
                            })));
      }
      for (Future<ExecutionId> each : started) {
        ExecutionId id = each.get(60, TimeUnit.SECONDS);
        assertThat(shop.bean(EndedExecutions.class).await(id)).isEqualTo(ExecutionState.SUCCEEDED);
      }
    } finally {
      callers.shutdownNow();
    }
  }

  static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("a transaction sees the execution that it has started")
  void readsItsOwn() {
    int number = next();
    shop.transactions()
        .executeWithoutResult(
            status -> {
              ExecutionId id = shop.orders().place(new Order(number, "tea"));
              assertThat(shop.store().execution(id)).isNotNull();
              status.setRollbackOnly();
            });
    assertThat(shop.orders().exists(number)).isFalse();
  }

  @Test
  @DisplayName("a read-only transaction reads the store, without a second connection")
  void readOnly() throws Exception {
    ExecutionId id = shop.orders().place(new Order(next(), "tea"));
    shop.bean(EndedExecutions.class).await(id);
    TransactionTemplate reading = shop.transactions();
    reading.setReadOnly(true);
    assertThat(reading.<ExecutionState>execute(status -> shop.store().execution(id).state()))
        .isEqualTo(ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName("health shows the store, and not its password")
  void health() throws Exception {
    HttpResponse<String> answer = shop.get("/actuator/health");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body())
        .contains("\"waymark\":{", "\"schemaVersion\":", "\"worker\":\"works\"")
        .contains("\"workersAlive\":1", "\"writable\":true", healthDetail())
        .doesNotContain("password");
  }

  /** What the health shows of this database. */
  abstract String healthDetail();

  @Test
  @DisplayName("the endpoint of metrics shows commits, claims and workers")
  void metrics() throws Exception {
    assertThat(shop.post("/orders", "{\"id\": " + next() + ", \"item\": \"tea\"}").statusCode())
        .isEqualTo(200);
    assertThat(shop.get("/actuator/metrics").body())
        .contains("waymark.commit.duration", "waymark.claim.duration", "waymark.workers.alive");
    assertThat(shop.get("/actuator/metrics/waymark.workers.alive").body())
        .contains("\"value\":1.0");
  }

  @Test
  @DisplayName("the Flyway of the application has its own tables beside those of the store")
  void flyway() {
    assertThat(
            shop.jdbc()
                .queryForObject(
                    "SELECT count(*) FROM flyway_schema_history WHERE version = '1'",
                    Integer.class))
        .isEqualTo(1);
  }
}
