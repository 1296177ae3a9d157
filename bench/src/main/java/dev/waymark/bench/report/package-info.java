/** The measurements as tables, files and plots. */
@NullMarked
package dev.waymark.bench.report;

import org.jspecify.annotations.NullMarked;
