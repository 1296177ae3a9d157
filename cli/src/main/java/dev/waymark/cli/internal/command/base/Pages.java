package dev.waymark.cli.internal.command.base;

import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Values;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.Limits;

/** The options of lists. */
public final class Pages {
  public static final Option LIMIT = Option.of("N", "Show at most so many. Default: 50", "--limit");
  public static final Option OFFSET = Option.of("N", "Pass over the first so many.", "--offset");

  private Pages() {}

  /** The part of a list that was asked for. */
  public static PageRequest request(Context context) {
    return new PageRequest(offset(context), limit(context));
  }

  /** How many to show. */
  public static int limit(Context context) {
    String given = context.arguments().value(LIMIT);
    Limits limits = context.storeUrl().limits();
    return given == null
        ? limits.defaultPageSize()
        : Values.number("--limit", given, 1, limits.maxPageSize());
  }

  /** How many to pass over. */
  public static long offset(Context context) {
    String given = context.arguments().value(OFFSET);
    return given == null ? 0 : Values.number("--offset", given, 0, Long.MAX_VALUE);
  }
}
