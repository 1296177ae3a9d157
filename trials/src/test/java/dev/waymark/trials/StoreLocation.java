package dev.waymark.trials;

import dev.waymark.core.spi.StoreOptions;
import dev.waymark.core.spi.StoreUrl;
import dev.waymark.core.store.StateStore;
import dev.waymark.testserver.TestServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.InstantSource;

/** The location of a store that any process can open by its URL, as on the command line. */
interface StoreLocation extends AutoCloseable {
  /** The URL. */
  String url();

  /** The number of rows of a table, read from the database without the store. */
  long count(String table);

  @Override
  void close();

  /** A new file in this folder. */
  static StoreLocation sqlite(Path folder) {
    return new StoreLocation() {
      private final String url = "sqlite:" + folder.resolve(TestServer.newName() + ".db");

      @Override
      public long count(String table) {
        return countAt("jdbc:" + url, table);
      }

      @Override
      public String url() {
        return url;
      }

      @Override
      public void close() {
        // The folder is deleted with the test.
      }
    };
  }

  /** A schema that does not exist yet. */
  static StoreLocation postgres() {
    return postgres(TestServer.newName());
  }

  /** A schema of this name, which does not exist yet. */
  static StoreLocation postgres(String schema) {
    return new StoreLocation() {
      @Override
      public long count(String table) {
        return countAt(TestServer.url(), schema + "." + table);
      }

      @Override
      public String url() {
        return TestServer.url("schema=" + schema).replaceFirst("^jdbc:", "");
      }

      @Override
      public void close() {
        TestServer.drop(schema);
      }
    };
  }

  private static long countAt(String url, String table) {
    try (Connection connection = DriverManager.getConnection(url)) {
      return Long.parseLong(TestServer.text(connection, "SELECT count(*) FROM " + table));
    } catch (SQLException e) {
      throw new IllegalStateException("cannot count the rows of " + table, e);
    }
  }

  /** Opens the store at this URL, in any process. */
  static StateStore open(String url) {
    return open(url, InstantSource.system());
  }

  /** The same with another wall clock. */
  static StateStore open(String url, InstantSource clock) {
    return StoreUrl.parse(url, StoreOptions.builder().clock(clock).build()).open();
  }
}
