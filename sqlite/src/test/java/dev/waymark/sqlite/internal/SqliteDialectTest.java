package dev.waymark.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The dialect of SQLite")
class SqliteDialectTest {
  @Test
  @DisplayName("builds the text of a statement once, although every use asks for it")
  void textIsKept() {
    SqliteDialect dialect = new SqliteDialect(new SqliteErrors(Path.of("a.db"), Duration.ZERO));
    for (ReadStatement statement : ReadStatement.values()) {
      assertThat(dialect.sql(statement)).isSameAs(dialect.sql(statement));
    }
    for (WriteStatement statement : WriteStatement.values()) {
      if (!statement.checks()) {
        assertThat(dialect.sql(statement)).isSameAs(dialect.sql(statement));
      }
    }
  }
}
