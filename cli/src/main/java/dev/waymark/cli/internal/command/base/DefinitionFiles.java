package dev.waymark.cli.internal.command.base;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.output.Nearest;
import dev.waymark.cli.internal.output.Numbers;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.runner.definition.DefinitionLimits;
import dev.waymark.runner.definition.InvalidDefinitionException;
import dev.waymark.runner.definition.WorkflowDefinition;
import dev.waymark.runner.file.DefinitionReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads and checks the workflow files that a command line names. All files are checked before any
 * of them is used.
 */
public final class DefinitionFiles {
  static final String STDIN = "-";
  private static final List<String> ENDINGS = List.of(".yaml", ".yml", ".json");
  private static final Pattern OPEN_FILE =
      Pattern.compile("/dev/stdin|/dev/fd/\\d+|/proc/(self|\\d+)/fd/\\d+");

  private final Context context;
  private final DefinitionLimits limits;
  private final DefinitionReader reader;
  private final List<Source> read = new ArrayList<>();
  private int found;
  private int invalid;

  /** Creates a reader that applies these limits. */
  public DefinitionFiles(Context context, DefinitionLimits limits) {
    this.context = context;
    this.limits = limits;
    this.reader = new DefinitionReader(limits);
  }

  /**
   * A workflow and its source.
   *
   * @param name the file name that the user gave
   * @param definition its definition
   */
  public record Source(String name, WorkflowDefinition definition) {}

  /**
   * Reads every file that the words name. A word is a file, a folder (its workflow files are read,
   * subfolders are ignored) or {@code -} for standard input. Reports the problems of invalid files.
   */
  public DefinitionFiles readAll(List<String> words) {
    if (words.stream().filter(STDIN::equals).count() > 1) {
      throw CliException.usage("-f - is given twice; standard input can be read only once");
    }
    for (String word : words) {
      for (String file : filesOf(word)) {
        found++;
        WorkflowDefinition definition = readOrNull(file);
        if (definition == null) {
          invalid++;
        } else {
          read.add(new Source(file, definition));
        }
      }
    }
    refuseSameIds();
    return this;
  }

  /** Reads one file and throws if it is invalid. */
  public WorkflowDefinition readOne(String word) {
    if (!word.equals(STDIN) && Files.isDirectory(path(word))) {
      throw CliException.usage(Nearest.quote(word) + " is a folder; give one workflow file");
    }
    return reader.read(displayName(word), bytes(word));
  }

  /** Returns the valid files, in order. */
  public List<Source> valid() {
    return read;
  }

  /** Throws if a file is invalid; {@code consequence} is appended to the message. */
  public void refuseInvalid(String consequence) {
    if (invalid > 0) {
      throw CliException.usage(
          (found == 1
                  ? "the file is invalid"
                  : invalid
                      + " of "
                      + Numbers.count(found, "file")
                      + (invalid == 1 ? " is" : " are")
                      + " invalid")
              + consequence);
    }
  }

  private @Nullable WorkflowDefinition readOrNull(String file) {
    try {
      return reader.read(displayName(file), bytes(file));
    } catch (InvalidDefinitionException e) {
      context.messages().note(String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** Rejects two files with the same id: one would overwrite the other in an arbitrary order. */
  private void refuseSameIds() {
    Map<WorkflowId, Source> byId = new HashMap<>();
    for (Source source : read) {
      Source other = byId.putIfAbsent(source.definition().id(), source);
      if (other != null) {
        throw CliException.usage(
            "workflow "
                + Nearest.quote(source.definition().id().value())
                + " is defined in two files, "
                + other.name()
                + " and "
                + source.name()
                + "; give each file its own id");
      }
    }
  }

  private List<String> filesOf(String word) {
    if (word.equals(STDIN) || !Files.isDirectory(path(word))) {
      return List.of(word);
    }
    List<String> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path(word))) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (!name.startsWith(".")
            && ENDINGS.stream().anyMatch(name::endsWith)
            && !Files.isDirectory(entry)) {
          files.add(Path.of(word).resolve(name).toString());
        }
      }
    } catch (IOException e) {
      throw unreadable(word, e);
    }
    if (files.isEmpty()) {
      throw CliException.usage(
          "folder " + Nearest.quote(word) + " has no workflow files (*.yaml, *.yml, *.json)");
    }
    files.sort(null);
    return files;
  }

  private byte[] bytes(String word) {
    // One byte over the limit shows that a file is too large; the rest need not be read.
    try {
      if (word.equals(STDIN)) {
        return context.surroundings().in().readNBytes(limits.maxFileBytes() + 1);
      }
      refuseSpecial(word);
      try (InputStream file = Files.newInputStream(path(word))) {
        return file.readNBytes(limits.maxFileBytes() + 1);
      }
    } catch (IOException e) {
      throw unreadable(word, e);
    }
  }

  /** Rejects pipes, sockets and devices: a read from one might never return. */
  private void refuseSpecial(String word) throws IOException {
    Path path = path(word);
    if (Files.isSymbolicLink(path) && !Files.exists(path)) {
      throw CliException.usage(
          "cannot read "
              + Nearest.quote(word)
              + ": it is a symbolic link to "
              + Nearest.quote(Files.readSymbolicLink(path).toString())
              + ", which cannot be followed; correct or remove the link");
    }
    boolean special = Files.readAttributes(path, BasicFileAttributes.class).isOther();
    // A shell passes <(command) and /dev/stdin as open files, which have a writer.
    if (special && !OPEN_FILE.matcher(path.toString()).matches()) {
      throw CliException.usage(
          "cannot read "
              + Nearest.quote(word)
              + ": it is "
              + kind(path)
              + ", not a regular file; give a regular file, or use -f - and standard input");
    }
  }

  private static String kind(Path path) throws IOException {
    try {
      int mode = (Integer) Files.getAttribute(path, "unix:mode") & 0xF000;
      return switch (mode) {
        case 0x1000 -> "a named pipe";
        case 0xC000 -> "a socket";
        case 0x2000, 0x6000 -> "a device";
        default -> "a special file";
      };
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return "a special file";
    }
  }

  private Path path(String word) {
    try {
      return context.surroundings().directory().resolve(word);
    } catch (InvalidPathException e) {
      throw CliException.usage(Nearest.quote(word) + " is not a valid path: " + e.getReason());
    }
  }

  private static CliException unreadable(String word, IOException e) {
    String reason = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
    String why = String.valueOf(reason);
    if (e instanceof NoSuchFileException) {
      why = "no such file; check the path";
    } else if (e instanceof AccessDeniedException) {
      why = "permission denied";
    }
    return CliException.usage("cannot read " + Nearest.quote(word) + ": " + why);
  }

  private static String displayName(String word) {
    return word.equals(STDIN) ? "<stdin>" : word;
  }
}
