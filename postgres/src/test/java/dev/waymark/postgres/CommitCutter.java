package dev.waymark.postgres;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Taps of a {@link Proxy} that cut connections around a COMMIT. They find a COMMIT by its text, so
 * the driver must not name prepared statements: {@code prepareThreshold=0}.
 */
final class CommitCutter implements Supplier<Proxy.Tap> {
  private static final byte[] COMMIT = "COMMIT\0".getBytes(StandardCharsets.US_ASCII);

  /** Where a connection is cut. */
  enum Cut {
    /** Nowhere. */
    NOT,
    /** Before the COMMIT reaches the server. */
    BEFORE,
    /** As soon as the COMMIT was sent to the server, whatever its result. */
    INSIDE,
    /** When the server has committed, before its reply reaches the client. */
    BEFORE_REPLY
  }

  private final Supplier<Cut> plan;
  private final Map<Cut, AtomicInteger> counts = new EnumMap<>(Cut.class);

  /** Asks {@code plan} at each COMMIT. */
  CommitCutter(Supplier<Cut> plan) {
    this.plan = plan;
    for (Cut cut : Cut.values()) {
      counts.put(cut, new AtomicInteger());
    }
  }

  /** The number of COMMITs that were cut in this way. */
  int count(Cut cut) {
    return counts.get(cut).get();
  }

  @Override
  public Proxy.Tap get() {
    return new Tap();
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

  private final class Tap implements Proxy.Tap {
    private volatile boolean cutsReply;

    @Override
    public boolean toServer(byte[] bytes, int length, OutputStream server) throws IOException {
      Cut cut = holds(bytes, length, COMMIT) ? plan.get() : null;
      if (cut != null) {
        counts.get(cut).incrementAndGet();
        cutsReply = cut == Cut.BEFORE_REPLY;
      }
      if (cut == Cut.BEFORE) {
        return false;
      }
      server.write(bytes, 0, length);
      return cut != Cut.INSIDE;
    }

    @Override
    public boolean toClient(byte[] bytes, int length, OutputStream client) throws IOException {
      if (cutsReply && holds(bytes, length, COMMIT)) {
        return false;
      }
      client.write(bytes, 0, length);
      return true;
    }
  }
}
