package dev.waymark.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.StateStore;
import dev.waymark.sqlite.SqliteStateStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Example: an order and its execution in one transaction")
class OrderInTransactionTest {
  @TempDir Path folder = Path.of("");

  @Test
  @DisplayName("the order that was rolled back leaves no execution, the other one is shipped")
  void ships() throws SQLException {
    Path file = folder.resolve("shop.db");
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      OrderInTransaction.main(new String[] {file.toString()});
    } finally {
      System.setOut(before);
    }
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly("shipping order 2", "SUCCEEDED");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        ResultSet row =
            connection.createStatement().executeQuery("SELECT id, execution FROM orders");
        StateStore store = SqliteStateStore.open(file)) {
      assertThat(row.next()).isTrue();
      assertThat(row.getInt(1)).isEqualTo(2);
      assertThat(store.executions(ExecutionQuery.all()).items())
          .extracting(execution -> execution.id().toString())
          .containsExactly(row.getString(2));
      assertThat(row.next()).isFalse();
    }
  }

  @Test
  @DisplayName("is shown in the documentation as it is compiled and run")
  void shown() throws IOException {
    assertThat(Excerpts.embedding()).contains(Excerpts.of("OrderInTransaction"));
  }
}
