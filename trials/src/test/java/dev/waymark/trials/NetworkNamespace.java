package dev.waymark.trials;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A network of its own for a process, which reaches this machine by one wire that can be cut. Its
 * names hold the process id of the test, and its addresses, which mean something at the ends of the
 * wire only, are taken from a private range by that id, so that tests may run beside each other.
 */
final class NetworkNamespace implements AutoCloseable {
  private static final String RANGE = "10.213.77.";

  /** A wire takes four addresses of the range. */
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

  /** Why there can be none here, or null when there can. */
  static @Nullable String whyNot() {
    try (NetworkNamespace tried = create(0)) {
      return null;
    } catch (IOException e) {
      return "no network namespaces here, for which root and ip(8) are needed: " + e.getMessage();
    }
  }

  /** Makes one; the number tells those of one test from each other. */
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

  /** What a command begins with that is to run inside. */
  List<String> launcher() {
    return List.of("ip", "netns", "exec", name);
  }

  /** Cuts the wire. */
  void cut() throws IOException {
    ip("link", "set", wire, "down");
  }

  /** Mends the wire. */
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

  /** Takes away what there is of it; either end of a wire goes with the other. */
  @Override
  public void close() {
    quietly("link", "delete", wire);
    quietly("netns", "delete", name);
  }

  private static void quietly(String... words) {
    try {
      ip(words);
    } catch (IOException e) {
      // It was not there, or is not here to be had.
    }
  }
}
