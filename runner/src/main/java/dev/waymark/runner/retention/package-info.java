/** The deletion of executions whose retention is over. */
@NullMarked
package dev.waymark.runner.retention;

import org.jspecify.annotations.NullMarked;
