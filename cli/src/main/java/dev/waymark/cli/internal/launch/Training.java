package dev.waymark.cli.internal.launch;

import dev.waymark.cli.internal.Cli;
import dev.waymark.cli.internal.base.Surroundings;
import dev.waymark.cli.internal.base.SystemZone;
import dev.waymark.cli.internal.base.Terminal;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * Unpacks the native library of SQLite, and runs common commands on a temporary store while the
 * virtual machine records which classes they load. The virtual machine writes these classes to an
 * archive, and later starts load them from it.
 */
public final class Training {
  private static final String DEFINITION =
      """
      id: training
      description: Runs once after a build
      labels: {purpose: training}
      inputs:
        word: {description: A word, default: done}
      env: {LANG: C.UTF-8}
      tasks:
        first:
          run: test "$WAYMARK_ATTEMPT" -ge 2
          timeout: 1m
          retry: {max-attempts: 2, delay: 1ms}
        second:
          needs: [first]
          run: echo "$INPUT_WORD"
      """;

  private Training() {}

  /** Runs the training for the installation in the folder that the first argument names. */
  public static void main(String[] words) throws IOException, ClassNotFoundException {
    Path folder = Path.of(words[0]);
    Path library = unpackLibrary(folder.resolve("native"));
    System.setProperty("org.sqlite.lib.path", String.valueOf(library.getParent()));
    System.setProperty("org.sqlite.lib.name", String.valueOf(library.getFileName()));
    Class.forName("dev.waymark.cli.Main");
    Class.forName("dev.waymark.cli.internal.base.SystemTerminal");
    Path home = Files.createTempDirectory(folder, "training");
    try {
      runCommands(home);
    } finally {
      delete(home);
    }
  }

  private static Path unpackLibrary(Path folder) throws IOException {
    String name = LibraryLoaderUtil.getNativeLibName();
    String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name;
    try (InputStream library = Training.class.getResourceAsStream(resource)) {
      if (library == null) {
        throw new FileNotFoundException("sqlite-jdbc has no " + resource);
      }
      Files.createDirectories(folder);
      Path file = folder.resolve(name);
      if (Files.notExists(file)) {
        Files.copy(library, file);
      }
      return file;
    }
  }

  private static void runCommands(Path home) throws IOException {
    Path file = Files.writeString(home.resolve("training.yaml"), DEFINITION);
    List<String[]> commandLines =
        List.of(
            new String[] {"version"},
            new String[] {"validate", "-f", file.toString()},
            new String[] {"apply", "-f", file.toString()},
            new String[] {"run", "-f", file.toString(), "-p", "word=ready"},
            new String[] {"run", "training", "--detach"},
            new String[] {"worker", "--until-idle"},
            new String[] {
              "executions", "list", "--since", "1h", "--state", "SUCCEEDED", "--limit", "5"
            },
            new String[] {"executions", "list", "-o", "json"},
            new String[] {"executions", "list", "-o", "yaml"},
            new String[] {"executions", "show", "0"},
            new String[] {"workflows", "list"},
            new String[] {"workflows", "history", "training"},
            new String[] {"executions", "list", "--help"},
            new String[] {"--help"},
            new String[] {"executions", "list", "--limti", "5"});
    for (String[] commandLine : commandLines) {
      run(home, commandLine, Terminal.none());
      run(home, commandLine, new Terminal(true, true, () -> Terminal.USUAL));
    }
  }

  private static void run(Path home, String[] commandLine, Terminal terminal) {
    Surroundings surroundings =
        new Surroundings(
            Map.of(),
            home,
            home,
            new ByteArrayInputStream(DEFINITION.getBytes(StandardCharsets.UTF_8)),
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream(),
            terminal,
            InstantSource.system(),
            new SystemZone());
    new Cli(surroundings).run(commandLine);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
