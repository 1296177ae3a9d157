package dev.waymark.bench;

import dev.waymark.bench.commits.CommitsPart;
import dev.waymark.bench.pages.PagesPart;
import java.util.Locale;

/** The parts by name. */
enum PartName {
  COMMITS,
  PAGES,
  ALL;

  Part part() {
    return switch (this) {
      case COMMITS -> new CommitsPart();
      case PAGES -> new PagesPart();
      case ALL -> throw new IllegalArgumentException("all is more than one part");
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
