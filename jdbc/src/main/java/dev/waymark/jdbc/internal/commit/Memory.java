package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.decide.Ledger;
import dev.waymark.jdbc.internal.sql.Session;
import org.jspecify.annotations.Nullable;

/**
 * What the groups before have come to, so that it need not be loaded again. It is good only on the
 * session that wrote it, and only as long as the {@link dev.waymark.jdbc.internal.sql.Dialect#stamp
 * stamp} says that nobody else has written since. Used by one leader at a time.
 */
final class Memory {
  /** Heads of each kind: together a few megabytes. */
  private static final int CAPACITY = 10_000;

  private @Nullable Session session;
  private @Nullable Long stamp;
  private Ledger ledger = new Ledger();

  /** What is remembered, or null when that is not good any more. */
  @Nullable Ledger recall(Session current, @Nullable Long now) {
    return now != null && current == session && now.equals(stamp) ? ledger : null;
  }

  /** What is remembered, or the beginning of something to remember. */
  Ledger begin(Session current, @Nullable Long now) {
    Ledger remembered = recall(current, now);
    if (remembered != null) {
      return remembered;
    }
    session = current;
    stamp = now;
    ledger = now == null ? new Ledger() : Ledger.keeping(CAPACITY);
    return ledger;
  }

  /** Forgets everything: nobody knows what a transaction that broke off has left. */
  void forget() {
    session = null;
    stamp = null;
    ledger = new Ledger();
  }
}
