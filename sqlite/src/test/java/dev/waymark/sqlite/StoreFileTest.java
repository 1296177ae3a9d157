package dev.waymark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.StateStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The file of a store")
class StoreFileTest {
  @TempDir Path folder = Path.of("");

  private static void setPool(StateStore store, String name) {
    store.commit(ChangeSet.builder().setPool(name, 1).build());
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  @DisplayName("is created only for its user, and so are its companion files")
  void permissions() throws IOException {
    try (StateStore store = SqliteStateStore.open(folder.resolve("a.db"))) {
      setPool(store, "gpu");
      try (Stream<Path> files = Files.list(folder)) {
        List<Path> all = files.toList();
        assertThat(all).hasSize(3);
        for (Path file : all) {
          assertThat(permissions(file)).as(file.toString()).isEqualTo("rw-------");
        }
      }
    }
  }

  @Test
  @DisplayName("keeps its permissions")
  void kept() throws IOException {
    Path file = folder.resolve("a.db");
    SqliteStateStore.open(file).close();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
    SqliteStateStore.open(file).close();
    assertThat(permissions(file)).isEqualTo("rw-rw----");
  }

  @Test
  @DisplayName("is not created when that is not allowed, not even as an empty file")
  void notCreated() throws IOException {
    Path missing = folder.resolve("typo.db");
    SqliteStateStore.Builder builder = SqliteStateStore.builder(missing).createIfMissing(false);
    assertThatThrownBy(builder::build)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("no store at sqlite:" + missing);
    assertThat(folder).isEmptyDirectory();
    Files.createFile(missing);
    assertThatThrownBy(builder::build).hasMessageContaining("no store at ");
    assertThat(missing).isEmptyFile();
  }

  @Test
  @DisplayName("with a second hard link is refused, because each name would have its own log")
  void hardLink() throws IOException {
    Path file = folder.resolve("a.db");
    SqliteStateStore.open(file).close();
    Path link = Files.createLink(folder.resolve("b.db"), file);
    for (Path name : List.of(file, link)) {
      assertThatThrownBy(() -> SqliteStateStore.open(name))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("2 names (hard links)");
    }
    Files.delete(link);
    SqliteStateStore.open(file).close();
  }

  @Test
  @DisplayName("is the same store through a symbolic link, whichever is opened first")
  void symbolicLink() throws IOException {
    Path file = Files.createDirectory(folder.resolve("real")).resolve("a.db");
    Path link = Files.createSymbolicLink(folder.resolve("link.db"), Path.of("real/a.db"));
    Path linkToFolder = Files.createSymbolicLink(folder.resolve("other"), Path.of("real"));
    try (StateStore byLink = SqliteStateStore.open(link);
        StateStore byName = SqliteStateStore.open(file);
        StateStore byFolder = SqliteStateStore.open(linkToFolder.resolve("a.db"))) {
      setPool(byLink, "one");
      setPool(byName, "two");
      setPool(byFolder, "three");
      for (StateStore store : List.of(byLink, byName, byFolder)) {
        assertThat(store.pools()).hasSize(3);
      }
      assertThat(folder.resolve("real/a.db-wal")).exists();
      assertThat(folder.resolve("link.db-wal")).doesNotExist();
    }
  }

  @Test
  @DisplayName("that is a mount point itself is refused, and one in a mounted folder is accepted")
  void mounted() throws Exception {
    Path file = Files.createDirectory(folder.resolve("in side")).resolve("a b.db");
    SqliteStateStore.open(file).close();
    Path target = Files.createFile(folder.resolve("target of mount.db"));
    Path place = Files.createDirectory(folder.resolve("place"));
    assumeTrue(inNamespace("true", file, target).isEmpty(), "mounting needs root and unshare");
    assertThat(inNamespace(open(target), file, target))
        .contains("the file itself is a mount point");
    assertThat(inNamespace(open(place.resolve("a b.db")), file.getParent(), place))
        .endsWith("open\n");
  }

  private static String open(Path file) {
    return "exec '"
        + Path.of(System.getProperty("java.home"), "bin", "java")
        + "' -cp '"
        + System.getProperty("java.class.path")
        + "' '"
        + Opener.class.getName()
        + "' '"
        + file
        + "'";
  }

  /** Runs a command while one path is mounted at another, and returns its output. */
  private static String inNamespace(String command, Path from, Path to) throws Exception {
    Process process;
    try {
      process =
          new ProcessBuilder(
                  "unshare",
                  "-m",
                  "sh",
                  "-c",
                  "mount --bind \"$1\" \"$2\" && " + command,
                  "sh",
                  from.toString(),
                  to.toString())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return text;
  }

  /** Opens a store in a separate process. */
  static final class Opener {
    private Opener() {}

    public static void main(String[] arguments) {
      try (StateStore store = SqliteStateStore.open(Path.of(arguments[0]))) {
        setPool(store, "gpu");
        System.out.println("open");
      } catch (StoreUnavailableException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
