package dev.waymark.bench.pages;

import dev.waymark.core.model.Execution;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Order;
import dev.waymark.core.query.Page;
import dev.waymark.core.store.StateStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the pages of one list repeatedly, in turns through the public API and by plain SQL. */
final class PageReader {
  private static final int DEEP = 10_000;
  private static final int MOST_READS = 1_000;
  private static final int LEAST_READS = 3;

  /**
   * The number of consecutive reads. If the two took turns at every read, each read would find the
   * caches as the other had left them, and plain SQL reads gigabytes. With blocks, only the first
   * read of ten does.
   */
  private static final int BLOCK = 10;

  private final StateStore store;
  private final PlainPages plain;
  private final Listing listing;
  private final Duration budget;

  PageReader(StateStore store, PlainPages plain, Listing listing, Duration budget) {
    this.store = store;
    this.plain = plain;
    this.listing = listing;
    this.budget = budget;
  }

  List<PageTimes> read() throws SQLException {
    long total = store.executions(listing.query().build()).total();
    List<PageTimes> all = new ArrayList<>();
    all.add(read("first", 0, null));
    if (total > DEEP) {
      all.add(read("offset 10,000", DEEP, null));
    }
    all.add(read("last", Math.max(0, total - Listing.LIMIT), null));
    all.add(read("cursor", 0, middle(total)));
    return all;
  }

  /** A position in the middle of the list. */
  private Cursor middle(long total) {
    Page<Execution> page = store.executions(listing.query().offset(total / 2).limit(1).build());
    return Cursor.after(page.items().get(0), Order.NEWEST);
  }

  private PageTimes read(String name, long offset, @Nullable Cursor after) throws SQLException {
    ExecutionQuery.Builder query = listing.query().after(after);
    ExecutionQuery wanted = after == null ? query.offset(offset).build() : query.build();
    PageTimes.Times waymark = new PageTimes.Times();
    PageTimes.Times byHand = new PageTimes.Times();
    check(name, store.executions(wanted), plain.page(listing, offset, after));
    long total = 0;
    long end = System.nanoTime() + budget.toNanos();
    while (waymark.count() < LEAST_READS
        || (waymark.count() < MOST_READS && System.nanoTime() < end)) {
      for (int i = 0; i < BLOCK; i++) {
        long begin = System.nanoTime();
        total = store.executions(wanted).total();
        waymark.add(System.nanoTime() - begin);
      }
      long blockEnd = System.nanoTime() + budget.toNanos() / BLOCK;
      for (int i = 0; i < BLOCK && (i == 0 || System.nanoTime() < blockEnd); i++) {
        long begin = System.nanoTime();
        plain.page(listing, offset, after);
        byHand.add(System.nanoTime() - begin);
      }
    }
    return new PageTimes(listing, name, total, waymark, byHand);
  }

  private static void check(String name, Page<Execution> page, long total) {
    if (page.total() != total || page.items().isEmpty()) {
      throw new IllegalStateException(
          name + ": " + page.items().size() + " of " + page.total() + "; plain SQL says " + total);
    }
  }
}
