/** Metrics of stores and runners through Micrometer: {@link dev.waymark.metrics.WaymarkMetrics}. */
@NullMarked
package dev.waymark.metrics;

import org.jspecify.annotations.NullMarked;
