/** Queries for executions, their pages and cursors. */
@NullMarked
package dev.waymark.core.query;

import org.jspecify.annotations.NullMarked;
