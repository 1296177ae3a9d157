package dev.waymark.bench.flat;

import dev.waymark.bench.storage.Backend;
import java.util.Locale;

/** What a store holds, or what is done to it, while claims are measured. */
enum Condition {
  /** The store to compare with: it holds little more than what is claimed next. */
  NONE,
  /** Many task runs are ready. */
  BACKLOG,
  /** Many executions have ended. */
  FINISHED,
  /**
   * A session holds a snapshot from before many task runs were claimed and finished. PostgreSQL
   * keeps their dead rows and index entries. SQLite has no dead rows, but cannot write its WAL back
   * to the database file: each read searches a WAL that only grows.
   */
  OLD_SNAPSHOT,
  /** The ready task runs are spread over many pools, and a claim names all of them. */
  POOLS,
  /** The same, and each pool has more slots than it needs. */
  POOLS_WITH_SLOTS,
  /** Many executions are due, and nobody settles them. */
  DUE,
  /** Many task runs wait for signals, one half of them with a time-out. */
  WAITING;

  /** Its name in the reports. */
  String title(Backend backend, Amounts amounts) {
    return switch (this) {
      case NONE -> "empty store";
      case BACKLOG -> count("backlog of %,d", amounts.backlog());
      case FINISHED -> count("%,d finished", amounts.finished());
      case OLD_SNAPSHOT ->
          count(
              backend == Backend.POSTGRES
                  ? "%,d dead rows under an old snapshot"
                  : "%,d finished under an old reader",
              amounts.dead());
      case POOLS -> count("%,d pools", amounts.pools());
      case POOLS_WITH_SLOTS -> count("%,d pools with slots", amounts.pools());
      case DUE -> count("%,d executions due", amounts.due());
      case WAITING -> count("%,d task runs that wait", amounts.waiting());
    };
  }

  private static String count(String format, long count) {
    return String.format(Locale.ROOT, format, count);
  }

  /** The name of its store. */
  String schemaName() {
    return "flat_" + name().toLowerCase(Locale.ROOT);
  }

  /** The pools among which its ready task runs are spread; 0 if they are in the default pool. */
  int pools(Amounts amounts) {
    return this == POOLS || this == POOLS_WITH_SLOTS ? amounts.pools() : 0;
  }
}
