package dev.waymark.postgres.internal;

import java.sql.SQLException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Runs the migrations. Its own class, so that opening a schema that is up to date loads nothing of
 * Flyway.
 */
final class PostgresMigrations {
  /** Where Flyway notes what it has done. */
  static final String TABLE = "waymark_schema_history";

  private PostgresMigrations() {}

  static void run(DataSource source, String schema) throws SQLException {
    try {
      Flyway.configure(PostgresMigrations.class.getClassLoader())
          .dataSource(source)
          .defaultSchema(schema)
          .createSchemas(false)
          .locations("classpath:dev/waymark/postgres/migration")
          .table(TABLE)
          .loggers("slf4j")
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw sqlException(e);
    }
  }

  /** The database's own error within Flyway's, whose SQLState says what to do. */
  private static SQLException sqlException(FlywayException error) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof SQLException found) {
        return found;
      }
    }
    throw error;
  }
}
