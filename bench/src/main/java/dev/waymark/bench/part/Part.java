package dev.waymark.bench.part;

import dev.waymark.bench.report.Report;

/** One thing to measure. */
public interface Part {
  /** Measures it. */
  Report measure(Settings settings) throws Exception;
}
