package dev.waymark.worker.internal.lease;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The scope in which a process id of Linux is unique.
 *
 * @param boot the beginning of the id that the kernel gives to each of its boots
 * @param namespace the number of the process namespace
 * @param machine a hash of the id of the machine, or {@link #UNKNOWN}
 */
public record PidNamespace(String boot, String namespace, String machine) {
  static final String UNKNOWN = "0";

  /** The number of the initial namespace of Linux, outside of every container. */
  public static final String FIRST_NAMESPACE = "4026531836";

  private static final Pattern FORM =
      Pattern.compile("([0-9a-f]{8})\\.(\\d{1,18})\\.([0-9a-f]{8}|0)");
  private static final int DIGITS = 8;

  /** The scope of this process; null if the system does not provide it. */
  public static final @Nullable PidNamespace HERE = here();

  private static @Nullable PidNamespace here() {
    try {
      String boot = read("/proc/sys/kernel/random/boot_id").substring(0, DIGITS);
      String link = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
      return parse(boot + "." + link.replaceAll("\\D", "") + "." + hashedMachine());
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  /** The id of a machine is confidential, so only a hash of it is published. */
  private static String hashedMachine() {
    try {
      byte[] id = ("waymark " + read("/etc/machine-id")).getBytes(StandardCharsets.UTF_8);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(id);
      return HexFormat.of().formatHex(hash).substring(0, DIGITS);
    } catch (IOException | NoSuchAlgorithmException e) {
      return UNKNOWN;
    }
  }

  private static String read(String file) throws IOException {
    String text = Files.readString(Path.of(file)).strip();
    if (text.isEmpty()) {
      throw new IOException(file + " is empty");
    }
    return text;
  }

  /** Parses a scope; null if the text is not one. */
  public static @Nullable PidNamespace parse(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        ? new PidNamespace(matcher.group(1), matcher.group(2), matcher.group(3))
        : null;
  }

  /**
   * Whether this is another boot of the same machine, so that none of its processes is left. In
   * containers the id of the machine is often that of the image. Many machines run the same image,
   * so such an id proves nothing.
   */
  public boolean isEarlierBootOf(PidNamespace here) {
    return !boot.equals(here.boot)
        && !machine.equals(UNKNOWN)
        && machine.equals(here.machine)
        && namespace.equals(FIRST_NAMESPACE)
        && here.namespace.equals(FIRST_NAMESPACE);
  }

  @Override
  public String toString() {
    return boot + "." + namespace + "." + machine;
  }
}
