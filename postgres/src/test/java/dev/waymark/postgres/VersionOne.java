package dev.waymark.postgres;

import dev.waymark.testserver.TestServer;
import org.flywaydb.core.Flyway;

/** Schemas as version 1 left them. */
final class VersionOne {
  private static final String COPY =
      """
      DO $$
      DECLARE
        copied record;
      BEGIN
        SET session_replication_role = replica;
        FOR copied IN
          SELECT c.table_name AS name, string_agg(c.column_name, ', ') AS columns
          FROM information_schema.columns c WHERE c.table_schema = '%1$s' AND c.table_name NOT LIKE 'waymark%%' GROUP BY 1
        LOOP
          EXECUTE format('INSERT INTO %1$s.%%1$s (%%2$s) OVERRIDING SYSTEM VALUE SELECT %%2$s FROM %2$s.%%1$s', copied.name, copied.columns);
        END LOOP;
        PERFORM setval('%1$s.history_id_seq', max(id)) FROM %1$s.history;
        SET session_replication_role = DEFAULT;
      END
      $$""";

  private VersionOne() {}

  /** Makes an empty store. */
  static void make(String schema) {
    Flyway.configure()
        .dataSource(TestServer.url(), null, null)
        .defaultSchema(schema)
        .createSchemas(true)
        .locations("classpath:dev/waymark/postgres/migration")
        .table("waymark_schema_history")
        .loggers("slf4j")
        .target("1")
        .load()
        .migrate();
  }

  /** Makes a store with all that a store of the newest version holds. */
  static void copy(String source, String schema) {
    make(schema);
    TestServer.execute(COPY.formatted(schema, source));
  }
}
