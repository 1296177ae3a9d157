package dev.waymark.trials;

import dev.waymark.core.store.StateStore;
import dev.waymark.postgres.PostgresStateStore;
import dev.waymark.sqlite.SqliteStateStore;
import dev.waymark.testserver.TestServer;
import java.nio.file.Path;

/** A place for a store that any process can open by its URL, as the command line spells it. */
interface Place extends AutoCloseable {
  /** The URL. */
  String url();

  @Override
  void close();

  /** A new file in this folder. */
  static Place sqlite(Path folder) {
    return new Place() {
      private final String url = "sqlite:" + folder.resolve(TestServer.newName() + ".db");

      @Override
      public String url() {
        return url;
      }

      @Override
      public void close() {
        // The folder goes with the test.
      }
    };
  }

  /** A schema that does not exist yet. */
  static Place postgres() {
    String schema = TestServer.newName();
    return new Place() {
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

  /** Opens the store at this URL, in whichever process. */
  static StateStore open(String url) {
    return url.startsWith("sqlite:")
        ? SqliteStateStore.open(Path.of(url.substring("sqlite:".length())))
        : PostgresStateStore.open(url);
  }
}
