package dev.waymark.bench.pages;

import dev.waymark.bench.report.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The times of one kind of page.
 *
 * @param listing the list
 * @param page which page of it
 * @param total the total of the page
 * @param waymark through the public API
 * @param plain by plain SQL
 */
record PageTimes(Listing listing, String page, long total, Times waymark, Times plain) {

  /** The measured times in milliseconds. */
  static final class Times {
    private final List<Double> millis = new ArrayList<>();

    void add(long nanos) {
      millis.add(nanos / 1e6);
    }

    int count() {
      return millis.size();
    }

    double percentile(double fraction) {
      return Spread.percentile(millis, fraction);
    }

    /** The spread from the least time to the 99th percentile. */
    Spread spread() {
      return new Spread(percentile(0.5), percentile(1e-9), percentile(0.99));
    }

    Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("p50Millis", percentile(0.5));
      json.put("p99Millis", percentile(0.99));
      json.put("reads", count());
      return json;
    }
  }
}
