package dev.waymark.postgres.internal.connect;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a client sends, with the zone UTC in its startup message. Messages before that, such as a
 * request for TLS, and all that follows, pass unchanged, and so does what is no such message. Not
 * thread-safe, like every stream of the driver.
 */
final class StartupStream extends FilterOutputStream {
  private static final String ZONE_NAME = "TimeZone";
  private static final String ZONE = "UTC";
  private static final int HEADER = 8;
  private static final int PROTOCOL_3 = 3;

  /** Requests that precede the startup message have 8 or 16 bytes; a longer startup is none. */
  private static final int LONGEST = 65_536;

  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
  private boolean started;

  StartupStream(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (started) {
      out.write(bytes, offset, length);
      return;
    }
    begun.write(bytes, offset, length);
    while (!started && forwardWholeMessage()) {
      // The next message may have come with it.
    }
  }

  /** Forwards one message, if all of it is there, or everything when it is none. */
  private boolean forwardWholeMessage() throws IOException {
    byte[] all = begun.toByteArray();
    if (all.length < HEADER) {
      return false;
    }
    ByteBuffer header = ByteBuffer.wrap(all);
    int length = header.getInt();
    int code = header.getInt();
    if (length < HEADER || length > LONGEST) {
      forwardRest(all, 0);
      return false;
    }
    if (all.length < length) {
      return false;
    }
    begun.reset();
    if (code >> 16 == PROTOCOL_3) {
      out.write(inUtc(all, length, code));
      forwardRest(all, length);
      return false;
    }
    out.write(all, 0, length);
    begun.write(all, length, all.length - length);
    return begun.size() > 0;
  }

  private void forwardRest(byte[] all, int from) throws IOException {
    started = true;
    begun.reset();
    out.write(all, from, all.length - from);
  }

  /** The message with its names and values, of which the zone is another one. */
  private static byte[] inUtc(byte[] message, int length, int code) {
    ByteArrayOutputStream body = new ByteArrayOutputStream(length);
    String previous = "";
    boolean isValue = false;
    for (int at = HEADER; at < length - 1; ) {
      int end = at;
      while (end < length - 1 && message[end] != 0) {
        end++;
      }
      String text = new String(message, at, end - at, StandardCharsets.UTF_8);
      if (isValue && previous.equals(ZONE_NAME)) {
        body.writeBytes(ZONE.getBytes(StandardCharsets.UTF_8));
      } else {
        body.write(message, at, end - at);
      }
      body.write(0);
      previous = text;
      isValue = !isValue;
      at = end + 1;
    }
    body.write(0);
    return ByteBuffer.allocate(HEADER + body.size())
        .putInt(HEADER + body.size())
        .putInt(code)
        .put(body.toByteArray())
        .array();
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }
}
