package dev.waymark.jdbc.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.sqlite.internal.SqliteDialect;
import dev.waymark.sqlite.internal.SqliteErrors;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The list of executions")
class ExecutionSqlTest {
  @Test
  @DisplayName("has the columns of an execution, as the fixed statement has them")
  void columns() {
    SqliteDialect dialect = new SqliteDialect(new SqliteErrors(Path.of("a.db"), Duration.ZERO));
    String sql = new ExecutionSql(dialect, ExecutionQuery.all()).ofUnknownState().sql();
    String columns = sql.substring("SELECT ".length(), sql.indexOf("FROM")).strip();
    assertThat(Arrays.stream(columns.split(",\\s+", -1)).map(c -> c.substring(c.indexOf('.') + 1)))
        .containsExactlyElementsOf(ReadStatement.EXECUTION.columns());
  }
}
