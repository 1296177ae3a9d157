package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.Values;
import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.PageRequest;

/** The options of lists. */
final class Pages {
  static final Option LIMIT = Option.of("N", "Show at most so many. Default: 50", "--limit");
  static final Option OFFSET = Option.of("N", "Pass over the first so many.", "--offset");

  private Pages() {}

  /** The part of a list that was asked for. */
  static PageRequest request(Context context) {
    return new PageRequest(offset(context), limit(context));
  }

  /** How many to show. */
  static int limit(Context context) {
    String given = context.arguments().value(LIMIT);
    Limits limits = context.storeUrl().limits();
    return given == null
        ? limits.defaultPageSize()
        : Values.number("--limit", given, 1, limits.maxPageSize());
  }

  /** How many to pass over. */
  static long offset(Context context) {
    String given = context.arguments().value(OFFSET);
    return given == null ? 0 : Values.number("--offset", given, 0, Long.MAX_VALUE);
  }
}
