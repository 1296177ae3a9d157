package dev.waymark.postgres;

import dev.waymark.testserver.TestServer;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A proxy that pools transactions: when a client is in no transaction, its session goes to the next
 * client that needs one, and the client continues in any other session. It does not know prepared
 * statements, so the driver must not name them: {@code prepareThreshold=0}. It uses the protocol of
 * PostgreSQL, without encryption.
 */
final class TransactionPool implements AutoCloseable {
  private static final int CANCEL = 80877102;
  private static final int ENCRYPT = 80877103;
  private static final int ENCRYPT_GSS = 80877104;

  private final ServerSocket listener;
  private final List<Peer> idle = new ArrayList<>();

  /** All sessions, guarded by those that are idle. */
  private final List<Peer> sessions = new ArrayList<>();

  private final Random random;
  private final AtomicInteger exchanges = new AtomicInteger();
  private final AtomicInteger errors = new AtomicInteger();

  /** In front of the server that the tests share. */
  TransactionPool(long seed) throws IOException {
    random = new Random(seed);
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Proxy.start("pool of transactions", this::listen);
  }

  /** The URL of the shared server through this proxy. */
  String url() {
    return TestServer.urlAt("localhost", listener.getLocalPort(), "prepareThreshold=0");
  }

  /** The number of times that a client continued in another session. */
  int exchanges() {
    return exchanges.get();
  }

  /** The number of errors that the server has returned. */
  int errors() {
    return errors.get();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    synchronized (idle) {
      for (Peer server : sessions) {
        server.socket.close();
      }
    }
  }

  private void listen() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Proxy.start("client", () -> serve(client));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      Peer client = new Peer(socket);
      Peer server = greet(client);
      int kind = server == null ? 'X' : client.in.read();
      while (kind >= 0 && kind != 'X') {
        server = exchange(server);
        char state = 'T';
        while (state != 'I') {
          client.pass(kind, server);
          // The server answers a query, or the end of a series of messages.
          state = kind == 'Q' || kind == 'S' ? answer(server, client) : 'T';
          kind = state == 'I' ? kind : client.in.read();
        }
        giveBack(server);
        kind = client.in.read();
      }
    } catch (IOException | InterruptedException e) {
      // The client has closed, and the session that it used is closed too.
    }
  }

  /** Opens a session for the client. Afterwards any client can use it. */
  private Peer greet(Peer client) throws IOException {
    byte[] begin = client.message();
    while (code(begin) == ENCRYPT || code(begin) == ENCRYPT_GSS) {
      client.out.write('N');
      client.out.flush();
      begin = client.message();
    }
    if (code(begin) == CANCEL) {
      return null;
    }
    String[] place = TestServer.hostAndPort();
    Peer server = new Peer(new Socket(place[0], Integer.parseInt(place[1])));
    synchronized (idle) {
      sessions.add(server);
    }
    server.write(begin);
    while (answer(server, client) == 'R') { // it asks for a password
      client.pass(client.in.read(), server);
      server.out.flush();
    }
    giveBack(server);
    return server;
  }

  private static int code(byte[] message) {
    return ByteBuffer.wrap(message).getInt();
  }

  /** Forwards the answers of the server, up to the state of its transaction or a question. */
  private char answer(Peer server, Peer client) throws IOException {
    server.out.flush();
    while (true) {
      int kind = server.in.read();
      byte[] content = server.pass(kind, client);
      errors.addAndGet(kind == 'E' ? 1 : 0);
      boolean asks = kind == 'R' && code(content) != 0 && code(content) != 12;
      if (kind == 'Z' || asks) {
        client.out.flush();
        return asks ? 'R' : (char) content[0];
      }
    }
  }

  /** A free session, preferably one of another client. */
  private Peer exchange(Peer before) throws InterruptedException {
    synchronized (idle) {
      while (idle.isEmpty()) {
        idle.wait();
      }
      Peer next = idle.remove(random.nextInt(idle.size()));
      exchanges.addAndGet(next == before ? 0 : 1);
      return next;
    }
  }

  private void giveBack(Peer server) {
    synchronized (idle) {
      idle.add(server);
      idle.notify();
    }
  }

  /**
   * One side of a connection. A message has its kind, the length of itself and its content, and the
   * content.
   */
  private static final class Peer {
    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    Peer(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    }

    byte[] message() throws IOException {
      return in.readNBytes(in.readInt() - 4);
    }

    void write(byte[] content) throws IOException {
      out.writeInt(content.length + 4);
      out.write(content);
    }

    byte[] pass(int kind, Peer to) throws IOException {
      if (kind < 0) {
        throw new EOFException("closed");
      }
      byte[] content = message();
      to.out.write(kind);
      to.write(content);
      return content;
    }
  }
}
