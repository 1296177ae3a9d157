package dev.waymark.postgres.internal;

import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;

/**
 * Runs the migrations. Its own class, so that opening a schema that is up to date loads nothing of
 * Flyway.
 */
final class PostgresMigrations {
  /** Where Flyway notes what it has done. */
  static final String TABLE = "waymark_schema_history";

  private PostgresMigrations() {}

  /**
   * Sets the search path for each migration, in its transaction: names are looked up in pg_catalog,
   * then in the schema, and nowhere else, so that a function or operator which somebody else made
   * does not run.
   */
  private record SafePath(String schema) implements Callback {
    @Override
    public boolean supports(Event event, Context context) {
      return event == Event.BEFORE_EACH_MIGRATE;
    }

    @Override
    public boolean canHandleInTransaction(Event event, Context context) {
      return true;
    }

    @Override
    @SuppressWarnings("StatementSwitchToPreparedStatement")
    public void handle(Event event, Context context) {
      try (Statement statement = context.getConnection().createStatement()) {
        statement.execute("SET LOCAL search_path = \"" + schema + "\", pg_temp");
      } catch (SQLException e) {
        throw new FlywayException("cannot set the search path of a migration", e);
      }
    }

    @Override
    public String getCallbackName() {
      return "waymark-search-path";
    }
  }

  static void run(DataSource source, String schema) throws SQLException {
    try {
      Flyway.configure(PostgresMigrations.class.getClassLoader())
          .dataSource(source)
          .defaultSchema(schema)
          .createSchemas(false)
          .locations("classpath:dev/waymark/postgres/migration")
          .table(TABLE)
          .loggers("slf4j")
          .callbacks(new SafePath(schema))
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
