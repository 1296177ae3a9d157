package dev.waymark.cli.internal.command.base;

import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Values;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.Limits;

/** The paging options of list commands. */
public final class Pages {
  public static final Option LIMIT =
      Option.of("N", "Maximum number of records to print (default 50).", "--limit");
  public static final Option OFFSET =
      Option.of("N", "Number of records to skip from the start (default 0).", "--offset");

  private Pages() {}

  /** Returns the requested page. */
  public static PageRequest request(Context context) {
    return new PageRequest(offset(context), limit(context));
  }

  /** Returns the maximum number of records to print. */
  public static int limit(Context context) {
    String given = context.arguments().value(LIMIT);
    Limits limits = context.storeUrl().limits();
    return given == null
        ? limits.defaultPageSize()
        : Values.number("--limit", given, 1, limits.maxPageSize());
  }

  /** Returns the number of records to skip. */
  public static long offset(Context context) {
    String given = context.arguments().value(OFFSET);
    return given == null ? 0 : Values.number("--offset", given, 0, Long.MAX_VALUE);
  }
}
