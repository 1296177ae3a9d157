package dev.waymark.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.StateStore;
import dev.waymark.sqlite.Counts;
import dev.waymark.sqlite.EarlierVersion;
import dev.waymark.sqlite.SqliteStateStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.ProgressHandler;

/**
 * While SQLite runs the migrations, the files are copied whenever they have changed. A process that
 * is killed at that moment leaves such files. The connection keeps only a few pages in memory, so
 * that the files change often.
 */
@DisplayName("A process that is killed during the migration of a file")
class SqliteMigrationCrashTest {
  private static final String FILL =
      """
      INSERT INTO executions
      WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1999)
      SELECT randomblob(16), 'w', 1, 'PENDING', 1, 'h', i * 1000000000, NULL, NULL, NULL FROM n\
      """;

  @TempDir Path folder = Path.of("");
  private final List<Path> images = new ArrayList<>();
  private Path file = Path.of("");

  @Test
  @DisplayName("leaves one complete version, and the next opening has the newest")
  void wholeVersions() throws SQLException {
    file = folder.resolve("waymark.db");
    EarlierVersion.make(1, file);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement sql = connection.createStatement()) {
      sql.execute("INSERT INTO workflows VALUES ('w', 1, 'h')");
      sql.execute("INSERT INTO workflow_revisions VALUES ('w', 1, 'h', NULL, '{}', 0, '')");
      sql.execute(FILL);
      sql.execute("INSERT INTO execution_labels SELECT id, 'team', 'data' FROM executions");
      sql.execute("PRAGMA journal_mode = delete");
      sql.execute("PRAGMA cache_size = 5");
      ProgressHandler.setHandler(connection, 2_000, new Watch());
      SqliteMigrations.run(connection, "sqlite:" + file);
      ProgressHandler.clearHandler(connection);
      copy();
    }
    assertThat(images).hasSizeGreaterThan(20);
    Set<Integer> found = new TreeSet<>();
    for (Path image : images) {
      found.add(version(image));
      assertOpens(image);
    }
    // The last migration is too short to be caught before it.
    assertThat(found).contains(1, 2, SqliteSchema.VERSION).isSubsetOf(1, 2, 3, 4, 5, 6, 7, 8);
  }

  private static int version(Path image) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + image)) {
      int version = Integer.parseInt(SqliteConnector.text(connection, "PRAGMA user_version"));
      assertThat(hasTable(connection, "execution_counts")).isEqualTo(version >= 2);
      assertThat(hasTable(connection, "ready_task_runs")).isEqualTo(version >= 3);
      // A migration that was applied and not recorded would be applied again by the next version.
      assertThat(
              SqliteConnector.text(connection, "SELECT max(version) FROM waymark_schema_history"))
          .isEqualTo(Integer.toString(version));
      assertThat(SqliteConnector.text(connection, "PRAGMA integrity_check")).isEqualTo("ok");
      return version;
    }
  }

  private static boolean hasTable(Connection connection, String name) throws SQLException {
    String count = "SELECT count(*) FROM sqlite_schema WHERE name = '" + name + "'";
    return SqliteConnector.text(connection, count).equals("1");
  }

  private static void assertOpens(Path image) throws SQLException {
    try (StateStore store = SqliteStateStore.open(image)) {
      assertThat(store.executions(ExecutionQuery.all()).total()).isEqualTo(2_000);
      ExecutionQuery labelled = ExecutionQuery.builder().label("team", "data").build();
      assertThat(store.executions(labelled).total()).isEqualTo(2_000);
    }
    Counts.check(image);
  }

  /** Copies after SQLite has run some more instructions, if the files have changed since. */
  private final class Watch extends ProgressHandler {
    private List<Long> last = List.of();

    @Override
    protected int progress() {
      List<Long> now = state();
      if (!now.equals(last)) {
        last = now;
        copy();
      }
      return 0;
    }
  }

  private List<Long> state() {
    try {
      List<Long> state = new ArrayList<>();
      for (String name : List.of("waymark.db", "waymark.db-journal")) {
        Path path = folder.resolve(name);
        state.add(Files.exists(path) ? Files.size(path) : -1);
        state.add(
            Files.exists(path) ? Files.getLastModifiedTime(path).to(TimeUnit.NANOSECONDS) : 0);
      }
      return state;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** No other connection uses the file, so it is harmless that copying drops its locks. */
  private void copy() {
    try {
      Path image = Files.createDirectory(folder.resolve("image-" + images.size()));
      for (String name : List.of("waymark.db", "waymark.db-journal")) {
        if (Files.exists(folder.resolve(name))) {
          Files.copy(folder.resolve(name), image.resolve(name));
        }
      }
      images.add(image.resolve("waymark.db"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
