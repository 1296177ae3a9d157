/** Calls of tracers, whose exceptions must not affect a run. */
@NullMarked
package dev.waymark.runner.internal.trace;

import org.jspecify.annotations.NullMarked;
