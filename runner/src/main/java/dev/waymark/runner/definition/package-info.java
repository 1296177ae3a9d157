/**
 * The checked form of a workflow file, the parser of its conditions, and its errors with line and
 * column.
 */
@NullMarked
package dev.waymark.runner.definition;

import org.jspecify.annotations.NullMarked;
