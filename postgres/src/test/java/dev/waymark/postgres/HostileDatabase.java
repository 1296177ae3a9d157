package dev.waymark.postgres;

import dev.waymark.postgres.internal.SqlNames;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A database in which a user without privileges has created overloads in the schema {@code public}:
 * one for every function and operator that occurs in Waymark's SQL, and every combination of the
 * types that occur there. Each raises an error and counts that it ran.
 */
final class HostileDatabase implements AutoCloseable {
  static final String MARK = "a hostile function ran";

  private static final List<String> TYPES =
      List.of(
          "smallint",
          "integer",
          "bigint",
          "numeric",
          "double precision",
          "boolean",
          "text",
          "name",
          "bytea",
          "uuid",
          "date",
          "timestamptz",
          "interval",
          "oid",
          "\"char\"",
          "smallint[]",
          "integer[]",
          "bigint[]",
          "text[]",
          "uuid[]",
          "timestamptz[]",
          "bytea[]",
          "public.bait");

  private static final String BAIT =
      """
      CREATE SEQUENCE public.calls;
      CREATE TYPE public.bait AS (x integer);
      CREATE FUNCTION public.to_bait(bigint) RETURNS public.bait LANGUAGE plpgsql AS $f$
        BEGIN PERFORM pg_catalog.nextval('public.calls'); RAISE EXCEPTION '%1$s: the cast'; END $f$;
      CREATE CAST (bigint AS public.bait) WITH FUNCTION public.to_bait(bigint) AS IMPLICIT;
      """
          .formatted(MARK);

  private static final String TYPE_NAMES =
      """
      DO $$ DECLARE each text; BEGIN
        FOREACH each IN ARRAY '{uuid,text,int2,int4,int8,bool,timestamptz,interval,date,bytea,numeric,oid}'::text[] LOOP
          EXECUTE pg_catalog.format('CREATE DOMAIN public.%I AS pg_catalog.varchar CHECK (false)', each);
        END LOOP;
      END $$""";

  /** One statement that creates an overload; many are sent to the server together. */
  private static final String FUNCTION =
      "CREATE FUNCTION public.%1$s(%2$s) RETURNS %3$s LANGUAGE plpgsql AS $f$ BEGIN PERFORM pg_catalog.nextval('public.calls'); RAISE EXCEPTION '"
          + MARK
          + ": %1$s(%2$s)'; END $f$;\n";

  private final String database = TestServer.newDatabase();
  private final String attacker = TestServer.newName();

  HostileDatabase() throws SQLException {
    TestServer.execute("CREATE ROLE " + attacker);
    try (Connection connection = DriverManager.getConnection(url());
        Statement sql = connection.createStatement()) {
      sql.execute("GRANT CREATE, USAGE ON SCHEMA public TO " + attacker);
      List<String> oneArgument = functions(sql, 1);
      List<String> twoArguments = functions(sql, 2);
      sql.execute("SET ROLE " + attacker);
      // The statement itself must not run the overloads: its names are in pg_catalog alone.
      sql.execute("SET search_path = pg_catalog, pg_temp");
      sql.execute(BAIT);
      sql.execute(overloads(oneArgument, twoArguments));
      sql.execute(operators());
      sql.execute(TYPE_NAMES);
    }
  }

  String url() {
    return TestServer.urlOf(database);
  }

  /** The number of times that a function of the attacker ran. */
  long calls() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url());
        Statement sql = connection.createStatement()) {
      sql.execute("SET search_path = pg_catalog");
      return Long.parseLong(
          TestServer.text(
              connection,
              "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM public.calls"));
    }
  }

  /** The functions of the server, with this number of parameters, whose name occurs in our SQL. */
  private static List<String> functions(Statement sql, int parameters) throws SQLException {
    String names = "'{" + String.join(",", SqlNames.words()) + "}'";
    List<String> found = new ArrayList<>();
    try (ResultSet rows =
        sql.executeQuery(
            "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = ANY (%s::name[]) AND pronargs = %d"
                .formatted(names, parameters))) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }

  private static String overloads(List<String> oneArgument, List<String> twoArguments) {
    StringBuilder all = new StringBuilder();
    for (String type : TYPES) {
      oneArgument.forEach(name -> all.append(FUNCTION.formatted(quoted(name), type, "integer")));
      for (String second : TYPES) {
        String types = type + ", " + second;
        twoArguments.forEach(
            name -> all.append(FUNCTION.formatted(quoted(name), types, "integer")));
      }
    }
    return all.toString();
  }

  private static String operators() {
    StringBuilder all = new StringBuilder();
    for (String left : TYPES) {
      for (String right : TYPES) {
        String types = left + ", " + right;
        all.append(FUNCTION.formatted("says", types, "boolean"));
        all.append(FUNCTION.formatted("makes", types, left));
        for (String operator : SqlNames.operators()) {
          boolean compares = !operator.matches("[-+*/%]|\\|\\|");
          all.append(
              "CREATE OPERATOR public.%s (FUNCTION = public.%s, LEFTARG = %s, RIGHTARG = %s);\n"
                  .formatted(operator, compares ? "says" : "makes", left, right));
        }
      }
    }
    return all.toString();
  }

  private static String quoted(String name) {
    return '"' + name + '"';
  }

  @Override
  public void close() {
    TestServer.execute("DROP DATABASE " + database + " WITH (FORCE)");
    TestServer.execute("DROP ROLE " + attacker);
  }
}
