package dev.waymark.sqlite;

import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.StateStoreContract;
import dev.waymark.testkit.contract.base.StoreFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("SQLite")
class SqliteContractTest extends StateStoreContract {
  @TempDir static Path folder = Path.of("");
  private static Path template = Path.of("");

  /**
   * A migration for each of hundreds of tests would only test the migration. A copy that SQLite
   * makes has the same schema.
   */
  @BeforeAll
  static void makeTemplate() {
    template = folder.resolve("template.db");
    SqliteStateStore.open(template).close();
  }

  @Override
  protected StoreFixture newFixture() {
    try (Connection connection = Sample.connect(template);
        Statement statement = connection.createStatement()) {
      Path file = Files.createTempDirectory(folder, "store").resolve("waymark.db");
      statement.execute("VACUUM INTO '" + file + "'");
      return new StoreFixture() {
        @Override
        public StateStore open(InstantSource clock, Limits limits) {
          return SqliteStateStore.builder(file).clock(clock).limits(limits).build();
        }

        @Override
        public Map<String, Long> rows() throws SQLException {
          return Sample.rows(file);
        }

        @Override
        public void close() throws SQLException {
          Counts.check(file);
          Leases.check(file);
        }
      };
    } catch (IOException | SQLException e) {
      throw new IllegalStateException("no place for the data of a test", e);
    }
  }
}
