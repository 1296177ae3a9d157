/** The workflow file: its checked form, how it is read, and its errors with line and column. */
@NullMarked
package dev.waymark.runner.definition;

import org.jspecify.annotations.NullMarked;
