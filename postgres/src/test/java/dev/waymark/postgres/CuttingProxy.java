package dev.waymark.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A TCP proxy before the server that cuts connections around a COMMIT. It finds a COMMIT by its
 * text, so the driver must not name prepared statements: {@code prepareThreshold=0}.
 */
final class CuttingProxy implements AutoCloseable {
  private static final byte[] COMMIT = "COMMIT\0".getBytes(StandardCharsets.US_ASCII);

  /** Where a connection is cut. */
  enum Cut {
    /** Nowhere. */
    NOT,
    /** Before the COMMIT reaches the server. */
    BEFORE,
    /** As soon as the server has been sent the COMMIT, whatever it makes of it. */
    INSIDE,
    /** When the server has committed, before its reply reaches the client. */
    BEFORE_REPLY
  }

  private final String host;
  private final int port;
  private final Supplier<Cut> plan;
  private final ServerSocket listener;
  private final Map<Cut, AtomicInteger> counts = new EnumMap<>(Cut.class);

  /** Before the server at this place; asks {@code plan} at each COMMIT. */
  CuttingProxy(String host, int port, Supplier<Cut> plan) throws IOException {
    this.host = host;
    this.port = port;
    this.plan = plan;
    for (Cut cut : Cut.values()) {
      counts.put(cut, new AtomicInteger());
    }
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start("proxy", this::listen);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** How many COMMITs went this way. */
  int count(Cut cut) {
    return counts.get(cut).get();
  }

  private void listen() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        new Link(client, new Socket(host, port)).start();
      } catch (IOException e) {
        // Closed, or the server is away: the client finds its connection closed.
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static boolean holds(byte[] bytes, int length, byte[] wanted) {
    for (int i = 0; i + wanted.length <= length; i++) {
      int k = 0;
      while (k < wanted.length && bytes[i + k] == wanted[k]) {
        k++;
      }
      if (k == wanted.length) {
        return true;
      }
    }
    return false;
  }

  /** One connection of a client with its connection to the server. */
  private final class Link {
    private final Socket client;
    private final Socket server;
    private volatile boolean cutsReply;

    Link(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void start() {
      CuttingProxy.start("to server", () -> pump(client, server, true));
      CuttingProxy.start("to client", () -> pump(server, client, false));
    }

    private void pump(Socket from, Socket to, boolean toServer) {
      byte[] bytes = new byte[64 << 10];
      try (from;
          to) {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
          boolean goesOn = toServer ? request(out, bytes, n) : reply(out, bytes, n);
          if (!goesOn) {
            return;
          }
        }
      } catch (IOException e) {
        // One side is gone; closing both tells the other.
      }
    }

    private boolean request(OutputStream out, byte[] bytes, int length) throws IOException {
      Cut cut = holds(bytes, length, COMMIT) ? plan.get() : null;
      if (cut != null) {
        counts.get(cut).incrementAndGet();
        cutsReply = cut == Cut.BEFORE_REPLY;
      }
      if (cut == Cut.BEFORE) {
        return false;
      }
      out.write(bytes, 0, length);
      return cut != Cut.INSIDE;
    }

    private boolean reply(OutputStream out, byte[] bytes, int length) throws IOException {
      if (cutsReply && holds(bytes, length, COMMIT)) {
        return false;
      }
      out.write(bytes, 0, length);
      return true;
    }
  }
}
