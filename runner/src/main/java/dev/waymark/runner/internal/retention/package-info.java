/** The deletion of old executions in the background of a worker. */
@NullMarked
package dev.waymark.runner.internal.retention;

import org.jspecify.annotations.NullMarked;
