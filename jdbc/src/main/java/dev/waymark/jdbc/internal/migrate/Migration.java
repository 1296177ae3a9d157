package dev.waymark.jdbc.internal.migrate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.zip.CRC32;

/**
 * One script that takes the tables from one version to the next.
 *
 * @param version the version that it leads to
 * @param description what it does, in a few words
 * @param script the name of its file
 * @param text the statements
 */
public record Migration(int version, String description, String script, String text) {

  /**
   * Loads a script from the resources beside a class.
   *
   * @param folder the folder, seen from the class
   * @param name such as {@code V1__state_store}: the version, and the description
   */
  static Migration load(Class<?> beside, String folder, String name) {
    int end = name.indexOf("__");
    String script = name + ".sql";
    return new Migration(
        Integer.parseInt(name, 1, end, 10),
        name.substring(end + 2).replace('_', ' '),
        script,
        text(beside, folder + "/" + script));
  }

  private static String text(Class<?> beside, String path) {
    try (InputStream in = beside.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("the migration " + path + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The CRC-32 of the lines without their ends, so that a checkout with other line ends has the
   * same. It is that of Flyway, which made the stores of earlier versions.
   */
  public int checksum() {
    CRC32 crc = new CRC32();
    for (Iterator<String> line = text.lines().iterator(); line.hasNext(); ) {
      crc.update(line.next().getBytes(StandardCharsets.UTF_8));
    }
    return (int) crc.getValue();
  }
}
