package dev.waymark.postgres.internal.connect;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/**
 * Makes the sockets of the driver, which name the zone UTC to the server. The driver names the
 * default zone of the JVM, has no setting for it, and a server that does not know the zone refuses
 * the connection. To change the default, for as long as a connection is opened, would change it for
 * all other threads.
 *
 * <p>Over TLS the first message cannot be seen here; it names the zone of the JVM.
 */
public final class UtcSocketFactory extends SocketFactory {
  /** Called by the driver. */
  public UtcSocketFactory() {}

  @Override
  public Socket createSocket() {
    return new UtcSocket();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw unconnectedOnly();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    throw unconnectedOnly();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    throw unconnectedOnly();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    throw unconnectedOnly();
  }

  /** The driver creates its sockets unconnected; other sockets are not requested. */
  private static IOException unconnectedOnly() {
    return new IOException("create the socket first, then connect it");
  }

  private static final class UtcSocket extends Socket {
    @Override
    public OutputStream getOutputStream() throws IOException {
      return new StartupStream(super.getOutputStream());
    }
  }
}
