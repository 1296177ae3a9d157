package dev.waymark.spring.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.testserver.TestServer;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The shop on PostgreSQL")
class PostgresShopTest extends ShopContract {
  @Override
  String newDatabase() {
    return TestServer.urlOf(TestServer.newDatabase());
  }

  @Override
  String healthDetail() {
    return "\"database\":\"PostgreSQL\"";
  }

  @Test
  @DisplayName("while a transaction is open, workers run other executions, and not its own")
  void openTransaction() throws Exception {
    Probe probe = shop().bean(Probe.class);
    EndedExecutions ends = shop().bean(EndedExecutions.class);
    int inside = next();
    int outside = next();
    shop().jdbc().update("INSERT INTO orders VALUES (?, 'outside')", outside);
    ExecutionId held =
        shop()
            .transactions()
            .execute(
                status -> {
                  ExecutionId id = shop().workflows().start("probe", Map.of("id", inside));
                  shop().jdbc().update("INSERT INTO orders VALUES (?, 'inside')", inside);
                  runAnother(outside, ends);
                  assertThat(probe.seen).contains(outside).doesNotContain(inside);
                  assertThat(probe.missed).isEmpty();
                  return id;
                });
    assertThat(ends.await(held)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(probe.seen).contains(inside);
  }

  /** On another thread, which is in no transaction. */
  private void runAnother(int number, EndedExecutions ends) {
    Thread other =
        new Thread(
            () -> {
              try {
                ends.await(shop().workflows().start("probe", Map.of("id", number)));
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    other.start();
    try {
      other.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
