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

/** A TCP proxy before the server. What goes through a connection, its tap sees and may change. */
final class Proxy implements AutoCloseable {
  private final String host;
  private final int port;
  private final Supplier<Tap> taps;
  private final ServerSocket listener;
  private final AtomicInteger connections = new AtomicInteger();

  /** What is done with the bytes of one connection; by itself, they are passed on. */
  interface Tap {

    /** Passes on what a client sent; false cuts the connection. */
    default boolean toServer(byte[] bytes, int length, OutputStream server) throws IOException {
      server.write(bytes, 0, length);
      return true;
    }

    /** Passes on what the server sent; false cuts the connection. */
    default boolean toClient(byte[] bytes, int length, OutputStream client) throws IOException {
      client.write(bytes, 0, length);
      return true;
    }
  }

  /** Before the server at this place; every connection gets a tap. */
  Proxy(String host, int port, Supplier<Tap> taps) throws IOException {
    this.host = host;
    this.port = port;
    this.taps = taps;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start("proxy", this::listen);
  }

  /** Before the server that the tests share. */
  static Proxy ofTestServer(Supplier<Tap> taps) throws IOException {
    String[] place = TestServer.hostAndPort();
    return new Proxy(place[0], Integer.parseInt(place[1]), taps);
  }

  /** The URL of the shared server by way of this proxy. */
  String url(String parameters) {
    return TestServer.urlAt("localhost", listener.getLocalPort(), parameters);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Waits until clients have connected so many times. */
  void awaitConnections(int wanted) {
    while (connections.get() < wanted) {
      Thread.onSpinWait();
    }
  }

  /** Begins to count connections anew. */
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
        // Closed, or the server is away: the client finds its connection closed.
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
      // One side is gone; closing both tells the other.
    }
  }
}
