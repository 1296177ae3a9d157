package dev.waymark.runner.internal.process;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The folder of logs")
class FolderOwnersTest {
  private static final int NOBODY = 65_534;

  @TempDir Path folder = Path.of("");

  private static void giveAway(Path path) throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "giving a file away needs root");
    Files.setAttribute(path, "unix:uid", NOBODY, LinkOption.NOFOLLOW_LINKS);
  }

  @Test
  @DisplayName("may be a link of the same user")
  void own() throws IOException {
    Path real = Files.createDirectories(folder.resolve("real/one"));
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("real"));
    FolderOwners.check(real);
    FolderOwners.check(folder.resolve("link/one"));
  }

  @Test
  @DisplayName("may not be a link of another user, nor be below one")
  void foreignLink() throws IOException {
    Files.createDirectories(folder.resolve("real/one"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("real"));
    giveAway(link);
    assertThatThrownBy(() -> FolderOwners.check(link)).hasMessageContaining("another user");
    assertThatThrownBy(() -> FolderOwners.check(link.resolve("one")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(link.toString())
        .hasMessageContaining("uid " + NOBODY);
  }

  @Test
  @DisplayName("may not belong to another user")
  void foreignFolder() throws IOException {
    Path one = Files.createDirectory(folder.resolve("one"));
    giveAway(one);
    assertThatThrownBy(() -> FolderOwners.check(one)).hasMessageContaining("another user");
  }
}
