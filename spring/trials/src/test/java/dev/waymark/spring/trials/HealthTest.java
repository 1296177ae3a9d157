package dev.waymark.spring.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.testserver.TestServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The health of a store by its own URL")
@Timeout(120)
class HealthTest {
  @TempDir Path folder;

  @Test
  @DisplayName("is up with its server, and down without it, with the cause and without secrets")
  void down() throws Exception {
    try (EmbeddedPostgres server = TestServer.start(folder.resolve("data"))) {
      String store = "postgresql://postgres:hidden@127.0.0.1:" + server.getPort() + "/postgres";
      try (Application shop =
          Application.start(
              "jdbc:sqlite:" + folder.resolve("shop.db"),
              "--waymark.store.url=" + store + "?schema=flows&retry-timeout=500ms",
              "--waymark.health.timeout=3s",
              "--waymark.runner.enabled=false")) {
        HttpResponse<String> up = shop.get("/actuator/health");
        assertThat(up.statusCode()).as(up.body()).isEqualTo(200);
        assertThat(up.body()).contains("127.0.0.1:" + server.getPort());
        server.close();
        HttpResponse<String> down = shop.get("/actuator/health");
        assertThat(down.statusCode()).as(down.body()).isEqualTo(503);
        assertThat(down.body()).contains("\"waymark\":{", "\"status\":\"DOWN\"", "\"error\":");
        assertThat(up.body() + down.body()).doesNotContain("hidden");
      }
    }
  }
}
