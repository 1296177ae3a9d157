package dev.waymark.sqlite.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The mount points of this process, as Linux lists them. The list is the only file that the stores
 * read by themselves; it is not a path that a caller names.
 */
final class MountPoints {
  private static final Path LIST = Path.of("/proc/self/mountinfo");
  private static final int MOUNT_POINT = 4;

  private MountPoints() {}

  /** Whether something is mounted at exactly this path; false where there is no list. */
  static boolean contains(Path path) throws IOException {
    if (!Files.exists(LIST)) {
      return false;
    }
    String wanted = path.toString();
    // A path is bytes; ISO 8859-1 keeps them distinct in any encoding.
    String bytes = new String(wanted.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    for (String line : Files.readAllLines(LIST, StandardCharsets.ISO_8859_1)) {
      String[] fields = line.split(" ", -1);
      if (fields.length > MOUNT_POINT && unescape(fields[MOUNT_POINT]).equals(bytes)) {
        return true;
      }
    }
    return false;
  }

  /** Space, tab, line feed and backslash are listed as a backslash and three octal digits. */
  private static String unescape(String field) {
    StringBuilder out = new StringBuilder(field.length());
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && i + 4 <= field.length()) {
        out.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
