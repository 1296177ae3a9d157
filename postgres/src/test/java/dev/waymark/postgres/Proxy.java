package dev.waymark.postgres;

import dev.waymark.testserver.TestServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A TCP proxy in front of the server. The tap of a connection sees what passes, and may change it.
 */
final class Proxy implements AutoCloseable {
  private final String host;
  private final int port;
  private final Supplier<Tap> taps;
  private final ServerSocket listener;
  private final AtomicInteger connections = new AtomicInteger();

  /** What happens to the bytes of one connection. By default, they are forwarded. */
  interface Tap {

    /** Forwards the bytes of a client; false closes the connection. */
    default boolean toServer(byte[] bytes, int length, OutputStream server) throws IOException {
      server.write(bytes, 0, length);
      return true;
    }

    /** Forwards the bytes of the server; false closes the connection. */
    default boolean toClient(byte[] bytes, int length, OutputStream client) throws IOException {
      client.write(bytes, 0, length);
      return true;
    }
  }

  /** In front of the server at this address; every connection gets a tap. */
  Proxy(String host, int port, Supplier<Tap> taps) throws IOException {
    this.host = host;
    this.port = port;
    this.taps = taps;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start("proxy", this::listen);
  }

  /** In front of the server that the tests share. */
  static Proxy ofTestServer(Supplier<Tap> taps) throws IOException {
    String[] place = TestServer.hostAndPort();
    return new Proxy(place[0], Integer.parseInt(place[1]), taps);
  }

  /** The URL of the shared server through this proxy. */
  String url(String parameters) {
    return TestServer.urlAt("localhost", listener.getLocalPort(), parameters);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Waits until clients have connected this number of times. */
  void awaitConnections(int wanted) {
    while (connections.get() < wanted) {
      Thread.onSpinWait();
    }
  }

  /** Resets the number of connections. */
  void forgetConnections() {
    connections.set(0);
  }

  private void listen() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        connections.incrementAndGet();
        Socket server = new Socket(host, port);
        Tap tap = taps.get();
        start("to server", () -> pump(client, server, tap::toServer));
        start("to client", () -> pump(server, client, tap::toClient));
      } catch (IOException e) {
        // The proxy is closed, or the server is unreachable: the connection of the client is
        // closed.
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** One direction of a tap. */
  private interface Way {
    boolean pass(byte[] bytes, int length, OutputStream out) throws IOException;
  }

  private static void pump(Socket from, Socket to, Way way) {
    byte[] bytes = new byte[64 << 10];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int n = in.read(bytes);
      while (n >= 0 && way.pass(bytes, n, out)) {
        n = in.read(bytes);
      }
    } catch (IOException e) {
      // One side has closed; closing both notifies the other.
    }
  }
}
