/** Utilities of workers: retried calls, delays, intervals, threads and error texts. */
@NullMarked
package dev.waymark.worker.internal.base;

import org.jspecify.annotations.NullMarked;
