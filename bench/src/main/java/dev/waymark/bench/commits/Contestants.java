package dev.waymark.bench.commits;

import dev.waymark.bench.place.Backend;
import dev.waymark.bench.place.Place;
import dev.waymark.bench.place.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Creates the contestants, each at its own place. */
public final class Contestants {
  private Contestants() {}

  /** Waymark, plain JDBC and the ceiling, all with empty stores. */
  public static List<Contestant> all(Storage ground, Backend backend) throws SQLException {
    List<Contestant> all = new ArrayList<>();
    all.add(new WaymarkContestant("waymark", empty(ground, backend, "commits_waymark")));
    all.add(plain(withTables(ground, backend, "commits_plain")));
    all.add(ceiling(withTables(ground, backend, "commits_ceiling")));
    return all;
  }

  /** An empty place. */
  public static Place empty(Storage ground, Backend backend, String name) throws SQLException {
    Place place = ground.place(backend, name);
    place.clear();
    return place;
  }

  private static Contestant plain(Place place) throws SQLException {
    return switch (place.backend()) {
      case SQLITE -> new SqlitePlain(place.connect());
      case POSTGRES -> new PostgresPlain(place);
    };
  }

  private static Contestant ceiling(Place place) throws SQLException {
    return new GroupContestant(
        place,
        switch (place.backend()) {
          case SQLITE -> new SqliteGroupWriter(place.connect());
          case POSTGRES -> new PostgresGroupWriter(place.connect());
        });
  }

  private static Place withTables(Storage ground, Backend backend, String name)
      throws SQLException {
    Place place = empty(ground, backend, name);
    if (backend == Backend.POSTGRES) {
      place.execute("CREATE SCHEMA " + name);
    }
    String tables = text("/dev/waymark/bench/baseline-" + backend + ".sql");
    place.execute(
        Stream.of(tables.replaceAll("(?m)^--.*$", "").split(";", -1))
            .filter(statement -> !statement.isBlank())
            .toArray(String[]::new));
    return place;
  }

  private static String text(String resource) {
    try (InputStream in = Contestants.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the jar has no " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
