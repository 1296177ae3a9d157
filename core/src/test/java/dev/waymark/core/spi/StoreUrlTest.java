package dev.waymark.core.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The URL of a store")
@SuppressWarnings("NullAway.Init")
class StoreUrlTest {
  @TempDir Path folder;
  private ClassLoader before;
  private URLClassLoader added;

  /** Adds a backend as its jar would: by a file on the class path, and nothing else. */
  @BeforeEach
  void addBackend() throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(StoreProvider.class.getName()), PaperProvider.class.getName());
    before = Thread.currentThread().getContextClassLoader();
    added = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before);
    Thread.currentThread().setContextClassLoader(added);
  }

  @AfterEach
  void removeBackend() throws IOException {
    Thread.currentThread().setContextClassLoader(before);
    added.close();
  }

  /** The backend that is added. */
  public static final class PaperProvider implements StoreProvider {
    @Override
    public List<String> schemes() {
      return List.of("paper", "sheet");
    }

    @Override
    public String form() {
      return "paper:PATH";
    }

    @Override
    public StoreUrl read(String url, StoreOptions options) {
      return new PaperUrl(url, options.limits(), options.logDirectory());
    }
  }

  private record PaperUrl(String shown, Limits limits, Path logDirectory) implements StoreUrl {
    @Override
    public StateStore open() {
      throw new UnsupportedOperationException("a paper has no store");
    }
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("is read by the backend that has its scheme, in any case")
  @ValueSource(strings = {"paper:a", "PAPER:a", "sheet:a"})
  void found(String url) {
    StoreOptions options =
        StoreOptions.builder()
            .limits(Limits.builder().maxLabels(3).build())
            .home(Path.of("home"))
            .build();
    assertThat(StoreUrl.parse(url, options))
        .isEqualTo(new PaperUrl(url, options.limits(), Path.of("home", ".waymark", "logs")));
  }

  @Test
  @DisplayName("with an unknown scheme is refused with the forms of all backends that are there")
  void unknownScheme() {
    refused("mysql://me@host/db", "unknown scheme \"mysql\" in the store URL; use ", "paper:PATH");
    refused("papr:a", "unknown scheme \"papr\" in the store URL; did you mean \"paper\"?");
    refused("jdbc:paper:a", "the store URL is a JDBC URL; remove \"jdbc:\" from it");
  }

  @Test
  @DisplayName("with an unknown scheme that could be a password is not shown")
  void secretScheme() {
    assertThatThrownBy(() -> StoreUrl.parse("hunter2:x@host/db", StoreOptions.defaults()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("the store URL has an unknown scheme; use ")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  @DisplayName("without a scheme is refused; a path is shown with the scheme for files")
  void withoutScheme() {
    refused("a.db", "store URL \"a.db\" has no scheme; for a file, use paper:a.db");
    refused("//host/a", "the store URL has no scheme; use ");
  }

  private static void refused(String url, String... parts) {
    assertThatThrownBy(() -> StoreUrl.parse(url, StoreOptions.defaults()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(parts);
  }
}
