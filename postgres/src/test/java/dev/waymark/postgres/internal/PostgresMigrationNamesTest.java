package dev.waymark.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The list of the migrations")
class PostgresMigrationNamesTest {
  @Test
  @DisplayName("contains every script of the folder, in order, and the version of the last")
  void complete() throws URISyntaxException {
    URL first =
        PostgresMigrations.class.getResource("/dev/waymark/postgres/migration/V1__state_store.sql");
    List<String> scripts =
        Stream.of(
                Objects.requireNonNull(
                    Path.of(Objects.requireNonNull(first).toURI()).getParent().toFile().list()))
            .map(name -> name.replaceFirst("\\.sql$", ""))
            .toList();
    assertThat(PostgresMigrations.NAMES).containsExactlyInAnyOrderElementsOf(scripts);
    assertThat(PostgresMigrations.NAMES.get(PostgresMigrations.NAMES.size() - 1))
        .startsWith("V" + PostgresSchema.VERSION + "__");
  }
}
