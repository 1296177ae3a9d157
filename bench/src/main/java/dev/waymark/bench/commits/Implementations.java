package dev.waymark.bench.commits;

import dev.waymark.bench.part.Settings;
import dev.waymark.bench.peer.Peer;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.Storage;
import dev.waymark.bench.storage.StoreLocation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** Creates the implementations, each at its own location. */
public final class Implementations {
  private Implementations() {}

  /** Waymark, plain JDBC, the ceiling and the peers, all with empty stores. */
  static List<Implementation> all(Settings settings, Backend backend) throws Exception {
    Storage storage = settings.storage();
    List<Implementation> all = new ArrayList<>();
    all.add(new WaymarkImplementation("waymark", empty(storage, backend, "commits_waymark")));
    all.add(plain(withTables(storage, backend, "commits_plain")));
    all.add(ceiling(withTables(storage, backend, "commits_ceiling")));
    int threads = Collections.max(settings.threads());
    for (Peer peer : settings.peers(backend)) {
      StoreLocation location = storage.location(backend, "commits_" + peer.schemaName());
      all.add(new PeerImplementation(peer.name(), peer.stateChanges(location, threads), location));
    }
    return all;
  }

  /** An empty location. */
  public static StoreLocation empty(Storage storage, Backend backend, String name)
      throws SQLException {
    StoreLocation location = storage.location(backend, name);
    location.clear();
    return location;
  }

  private static Implementation plain(StoreLocation location) throws SQLException {
    return switch (location.backend()) {
      case SQLITE -> new SqlitePlain(location.connect());
      case POSTGRES -> new PostgresPlain(location);
    };
  }

  private static Implementation ceiling(StoreLocation location) throws SQLException {
    return new GroupCommitBaseline(
        location,
        switch (location.backend()) {
          case SQLITE -> new SqliteGroupWriter(location.connect());
          case POSTGRES -> new PostgresGroupWriter(location.connect());
        });
  }

  private static StoreLocation withTables(Storage storage, Backend backend, String name)
      throws SQLException {
    StoreLocation location = storage.location(backend, name);
    location.begin();
    String tables = text("/dev/waymark/bench/baseline-" + backend + ".sql");
    location.execute(
        Stream.of(tables.replaceAll("(?m)^--.*$", "").split(";", -1))
            .filter(statement -> !statement.isBlank())
            .toArray(String[]::new));
    return location;
  }

  private static String text(String resource) {
    try (InputStream in = Implementations.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the jar has no " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
