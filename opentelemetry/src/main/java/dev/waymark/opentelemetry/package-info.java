/**
 * Spans of stores and runners through OpenTelemetry: {@link
 * dev.waymark.opentelemetry.WaymarkTracing}.
 */
@NullMarked
package dev.waymark.opentelemetry;

import org.jspecify.annotations.NullMarked;
