package dev.waymark.sqlite.internal;

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
class SqliteMigrationNamesTest {
  @Test
  @DisplayName("contains every script of the folder, in order, and the version of the last")
  void complete() throws URISyntaxException {
    URL first =
        SqliteMigrations.class.getResource("/dev/waymark/sqlite/migration/V1__state_store.sql");
    List<String> scripts =
        Stream.of(
                Objects.requireNonNull(
                    Path.of(Objects.requireNonNull(first).toURI()).getParent().toFile().list()))
            .map(name -> name.replaceFirst("\\.sql$", ""))
            .toList();
    assertThat(SqliteMigrations.NAMES).containsExactlyInAnyOrderElementsOf(scripts);
    assertThat(SqliteMigrations.NAMES.get(SqliteMigrations.NAMES.size() - 1))
        .startsWith("V" + SqliteSchema.VERSION + "__");
  }
}
