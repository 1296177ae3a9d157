package dev.waymark.trials;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A separate network for a process, which reaches this machine by one virtual wire that can be cut.
 * Its names contain the process id of the test. Its addresses, which are used only at the ends of
 * the wire, are taken from a private range by that id, so that tests may run at the same time.
 */
final class NetworkNamespace implements AutoCloseable {
  private static final String RANGE = "10.213.77.";

  /** A wire uses four addresses of the range. */
  private static final int WIRES = 64;

  private static final long LIMIT_SECONDS = 30;

  private final String name;
  private final String wire;
  private final int first;

  private NetworkNamespace(int number) {
    long pid = ProcessHandle.current().pid();
    this.name = "waymark-" + pid + "-" + number;
    // The name of a link has 15 characters at the most.
    this.wire = "wm" + pid + "-" + number;
    this.first = (int) ((pid * 2 + number) % WIRES) * 4;
  }

  /** The reason why no namespace can be created, or null. */
  static @Nullable String whyNot() {
    try (NetworkNamespace tried = create(0)) {
      return null;
    } catch (IOException e) {
      return "no network namespaces here, for which root and ip(8) are needed: " + e.getMessage();
    }
  }

  /** Creates one; the number distinguishes those of one test. */
  static NetworkNamespace create(int number) throws IOException {
    NetworkNamespace made = new NetworkNamespace(number);
    boolean done = false;
    try {
      made.create();
      done = true;
      return made;
    } finally {
      if (!done) {
        made.close();
      }
    }
  }

  private void create() throws IOException {
    String inner = wire + "i";
    ip("netns", "add", name);
    ip("link", "add", wire, "type", "veth", "peer", "name", inner, "netns", name);
    ip("address", "add", address(1) + "/30", "dev", wire);
    ip("link", "set", wire, "up");
    ip("-n", name, "address", "add", address(2) + "/30", "dev", inner);
    ip("-n", name, "link", "set", inner, "up");
    ip("-n", name, "link", "set", "lo", "up");
  }

  private String address(int end) {
    return RANGE + (first + end);
  }

  /** The address of this machine as seen from inside. */
  InetAddress hostAddress() throws IOException {
    return InetAddress.getByName(address(1));
  }

  /** The prefix of a command that runs inside. */
  List<String> launcher() {
    return List.of("ip", "netns", "exec", name);
  }

  /** Cuts the wire. */
  void cut() throws IOException {
    ip("link", "set", wire, "down");
  }

  /** Connects the wire again. */
  void mend() throws IOException {
    ip("link", "set", wire, "up");
  }

  private static void ip(String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(String.join(" ", command) + " does not end");
      }
      if (process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + ": " + said.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted during " + String.join(" ", command), e);
    }
  }

  /** Deletes it; when one end of a wire is deleted, the other one is too. */
  @Override
  public void close() {
    quietly("link", "delete", wire);
    quietly("netns", "delete", name);
  }

  private static void quietly(String... words) {
    try {
      ip(words);
    } catch (IOException e) {
      // It did not exist, or cannot exist here.
    }
  }
}
