package dev.waymark.postgres;

import dev.waymark.testserver.TestServer;

/**
 * Copies a schema within a database as scripts that clone schemas do: tables by {@code CREATE TABLE
 * … LIKE}, then the rows, then functions and triggers by the definitions that the server returns.
 */
final class SchemaClone {
  private static final String TABLES =
      """
      FOR copied IN SELECT relname AS name FROM pg_class WHERE relnamespace = '%1$s'::regnamespace AND relkind = 'r' LOOP
        EXECUTE format('CREATE TABLE %2$s.%%1$I (LIKE %1$s.%%1$I INCLUDING ALL)', copied.name);
        EXECUTE format('INSERT INTO %2$s.%%1$I OVERRIDING SYSTEM VALUE SELECT * FROM %1$s.%%1$I', copied.name);
      END LOOP;
      """;

  private static final String FUNCTIONS =
      """
      FOR copied IN SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE pronamespace = '%1$s'::regnamespace LOOP
        EXECUTE replace(copied.text, '%1$s.', '%2$s.');
      END LOOP;
      """;

  /** In a trigger either every name is replaced, or only that of its table. */
  private static final String TRIGGERS =
      """
      FOR copied IN
        SELECT pg_get_triggerdef(t.oid) AS text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = '%1$s'::regnamespace AND NOT t.tgisinternal
      LOOP
        EXECUTE replace(copied.text, '%3$s%1$s.', '%3$s%2$s.');
      END LOOP;
      """;

  private SchemaClone() {}

  /** Which functions the triggers of the clone call. */
  enum Functions {
    COPIED,
    OF_ORIGINAL,
    /** The clone has no triggers. */
    NONE
  }

  /** Makes the schema {@code to} like {@code from}. */
  static void make(String from, String to, Functions functions) {
    String steps =
        switch (functions) {
          case COPIED -> TABLES + FUNCTIONS + TRIGGERS;
          case OF_ORIGINAL -> TABLES + TRIGGERS;
          case NONE -> TABLES;
        };
    String part = functions == Functions.OF_ORIGINAL ? " ON " : "";
    TestServer.execute(
        ("CREATE SCHEMA %2$s; DO $clone$ DECLARE copied record; BEGIN\n" + steps + "END $clone$")
            .formatted(from, to, part));
  }
}
