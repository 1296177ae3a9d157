package dev.waymark.core.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list and the size of the whole list, both from one snapshot.
 *
 * @param <T> the type of the items
 * @param items the items, at most {@code limit}; empty past the end
 * @param total number of items in the whole list, also for a page past the end or after a cursor
 * @param offset number of skipped items, or null for a page that was requested with a cursor
 * @param limit the requested limit
 * @param next the cursor of the next page; null when this page reaches the end or the list has no
 *     cursors
 * @since 0.1.0
 */
public record Page<T>(
    List<T> items, long total, @Nullable Long offset, int limit, @Nullable Cursor next) {

  /** Keeps an unmodifiable copy of the items. */
  public Page {
    items = List.copyOf(items);
  }
}
