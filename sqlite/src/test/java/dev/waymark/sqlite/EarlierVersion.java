package dev.waymark.sqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;

/** Files of an earlier version of the schema. */
public final class EarlierVersion {
  private EarlierVersion() {}

  /** Creates an empty store. */
  public static void make(int version, Path file) throws SQLException {
    Flyway.configure()
        .dataSource("jdbc:sqlite:" + file, null, null)
        .locations("classpath:dev/waymark/sqlite/migration")
        .table("waymark_schema_history")
        .loggers("slf4j")
        .target(Integer.toString(version))
        .load()
        .migrate();
    try (Connection connection = Sample.connect(file);
        Statement sql = connection.createStatement()) {
      sql.execute("PRAGMA journal_mode = wal");
    }
  }

  /**
   * Creates a store with the content of one of the newest version, without what it has no column
   * for.
   */
  public static void copy(int version, Path source, Path file) throws SQLException {
    make(version, file);
    try (Connection connection = Sample.connect(file);
        Statement sql = connection.createStatement()) {
      sql.execute("ATTACH '" + source + "' AS source");
      // The triggers would require every record to begin in its first state.
      Map<String, String> triggers = new LinkedHashMap<>();
      for (String name : texts(sql, "SELECT name FROM main.sqlite_schema WHERE type = 'trigger'")) {
        String text = "SELECT sql FROM main.sqlite_schema WHERE name = '" + name + "'";
        triggers.put(name, Sample.text(connection, text));
        sql.execute("DROP TRIGGER main." + name);
      }
      String tables =
          "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'waymark%'";
      for (String table : texts(sql, tables)) {
        String columns =
            texts(sql, "SELECT name FROM pragma_table_info('" + table + "', 'main')").stream()
                .collect(Collectors.joining(", "));
        sql.execute(
            "INSERT INTO main.%1$s (%2$s) SELECT %2$s FROM source.%1$s".formatted(table, columns));
      }
      for (String trigger : triggers.values()) {
        sql.execute(trigger);
      }
    }
  }

  private static List<String> texts(Statement sql, String query) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (ResultSet row = sql.executeQuery(query)) {
      while (row.next()) {
        texts.add(row.getString(1));
      }
    }
    return texts;
  }
}
