package dev.waymark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Foreign keys on SQLite")
class SqliteForeignKeysTest {
  /** Foreign keys whose first column is not the first column of any index of their table. */
  private static final String WITHOUT_INDEX =
      """
      SELECT group_concat(t.name || '.' || k."from")
      FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) k
      WHERE t.type = 'table' AND k.seq = 0 AND NOT EXISTS (
        SELECT 1 FROM pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c
        WHERE c.seqno = 0 AND c.name = k."from")""";

  private static final String NUMBER =
      "SELECT count(*) FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) k WHERE t.type = 'table'";

  @TempDir Path folder = Path.of("");

  @Test
  @DisplayName("each has an index, so that a deletion does not read the table that refers to it")
  void indexes() throws SQLException {
    Path file = folder.resolve("waymark.db");
    SqliteStateStore.open(file).close();
    try (Connection connection = Sample.connect(file)) {
      assertThat(Integer.parseInt(Sample.text(connection, NUMBER))).isGreaterThan(10);
      assertThat(Sample.text(connection, WITHOUT_INDEX)).isNull();
    }
  }
}
