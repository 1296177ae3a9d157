/** Starts executions from stored definitions, with checked inputs. */
@NullMarked
package dev.waymark.runner.internal.start;

import org.jspecify.annotations.NullMarked;
