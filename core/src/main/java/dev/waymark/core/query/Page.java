package dev.waymark.core.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list, together with the size of the whole, both from one snapshot.
 *
 * @param <T> what is listed
 * @param items the items, at most {@code limit}; empty past the end
 * @param total how many items the whole list has, also past the end and before a cursor
 * @param offset how many items were passed over, or null for a page that was asked for by cursor
 * @param limit the limit that was asked for
 * @param next asks for the page after this one; null when this one reaches the end or the list has
 *     no cursors
 */
public record Page<T>(
    List<T> items, long total, @Nullable Long offset, int limit, @Nullable Cursor next) {

  /** Keeps an unmodifiable copy of the items. */
  public Page {
    items = List.copyOf(items);
  }
}
