package dev.waymark.trials;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Forwards connections to another address, until it holds them: then it forwards nothing, and
 * reports nothing, like a broken network. What was sent meanwhile arrives when it is released.
 */
final class Relay implements AutoCloseable {
  private final ServerSocket listener;
  private final InetSocketAddress target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Object gate = new Object();
  private boolean held;

  private Relay(ServerSocket listener, InetSocketAddress target) {
    this.listener = listener;
    this.target = target;
  }

  /** Starts to forward the connections to a free port of this address. */
  static Relay start(InetAddress address, InetSocketAddress target) throws IOException {
    Relay relay = new Relay(new ServerSocket(0, 50, address), target);
    run(relay::listen);
    return relay;
  }

  /** The URL through this relay. */
  String urlBy(String url) {
    String location = listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort();
    return url.replaceFirst("//([^/?@]*@)?[^/?]*", "//$1" + location);
  }

  /** Forwards nothing any more. */
  void hold() {
    synchronized (gate) {
      held = true;
    }
  }

  /** Forwards what was held, and continues. */
  void release() {
    synchronized (gate) {
      held = false;
      gate.notifyAll();
    }
  }

  private void awaitGate() throws IOException {
    synchronized (gate) {
      while (held) {
        try {
          gate.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted at the gate", e);
        }
      }
    }
  }

  private void listen() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        sockets.add(client);
        run(() -> connect(client));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private void connect(Socket client) {
    try {
      awaitGate();
      Socket server = new Socket(target.getAddress(), target.getPort());
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      sockets.add(server);
      run(() -> pump(client, server));
      pump(server, client);
    } catch (IOException e) {
      close(client);
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] bytes = new byte[64 << 10];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        awaitGate();
        out.write(bytes, 0, n);
      }
      awaitGate();
    } catch (IOException e) {
      // One side has closed; closing both notifies the other.
    } finally {
      close(from);
      close(to);
    }
  }

  private void close(Socket socket) {
    sockets.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      // The connection is not used any more, whatever the error is.
    }
  }

  private static void run(Runnable work) {
    Thread thread = new Thread(work, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    release();
    listener.close();
    sockets.forEach(this::close);
  }
}
