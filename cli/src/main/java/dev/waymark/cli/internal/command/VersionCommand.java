package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.syntax.Syntax;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Prints the version. */
final class VersionCommand implements Command {
  /** Maven writes this file into every jar. */
  private static final String RESOURCE = "/META-INF/maven/dev.waymark/waymark-cli/pom.properties";

  private static final String KEY = "version=";

  @Override
  public Syntax syntax() {
    return Syntax.of("version", "Print the version of Waymark and of the Java runtime.")
        .examples("version");
  }

  @Override
  public int run(Context context) {
    context
        .out()
        .println(
            "waymark "
                + version()
                + " (Java "
                + System.getProperty("java.version")
                + ", "
                + System.getProperty("os.name")
                + " "
                + System.getProperty("os.arch")
                + ")");
    return ExitCode.DONE;
  }

  private static String version() {
    try (InputStream resource = VersionCommand.class.getResourceAsStream(RESOURCE)) {
      return resource == null ? "(unpackaged)" : version(resource);
    } catch (IOException e) {
      return "(unknown)";
    }
  }

  private static String version(InputStream resource) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(KEY)) {
        return line.substring(KEY.length());
      }
    }
    return "(unknown)";
  }
}
