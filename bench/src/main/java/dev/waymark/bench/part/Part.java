package dev.waymark.bench.part;

import dev.waymark.bench.report.Report;

/** One subject of measurement. */
public interface Part {
  /** Runs the measurement. */
  Report measure(Settings settings) throws Exception;
}
