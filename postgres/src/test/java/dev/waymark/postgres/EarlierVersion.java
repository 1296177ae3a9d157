package dev.waymark.postgres;

import dev.waymark.testserver.TestServer;
import org.flywaydb.core.Flyway;

/** Schemas of an earlier version. */
final class EarlierVersion {
  private static final String COPY =
      """
      DO $$
      DECLARE
        copied record;
      BEGIN
        SET session_replication_role = replica;
        FOR copied IN
          SELECT c.table_name AS name, string_agg(c.column_name, ', ') AS columns
          FROM information_schema.columns c JOIN information_schema.columns o USING (table_name, column_name)
          WHERE c.table_schema = '%1$s' AND o.table_schema = '%2$s' AND c.table_name NOT LIKE 'waymark%%' GROUP BY 1
        LOOP
          EXECUTE format('INSERT INTO %1$s.%%1$s (%%2$s) SELECT %%2$s FROM %2$s.%%1$s', copied.name, copied.columns)
            || CASE copied.name WHEN 'history' THEN ' ORDER BY execution_id, position' ELSE '' END;
        END LOOP;
        SET session_replication_role = DEFAULT;
      END
      $$""";

  private EarlierVersion() {}

  /** Creates an empty store. */
  static void make(int version, String schema) {
    Flyway.configure()
        .dataSource(TestServer.url(), null, null)
        .defaultSchema(schema)
        .createSchemas(true)
        .locations("classpath:dev/waymark/postgres/migration")
        .table("waymark_schema_history")
        .loggers("slf4j")
        .target(Integer.toString(version))
        .load()
        .migrate();
  }

  /**
   * Creates a store with the content of one of the newest version, without what it has no column
   * for.
   */
  static void copy(int version, String source, String schema) {
    make(version, schema);
    TestServer.execute(COPY.formatted(schema, source));
  }
}
