/**
 * The workflow file: its checked form, how it is read, and what is wrong with it, by line and
 * column.
 */
@NullMarked
package dev.waymark.runner.definition;

import org.jspecify.annotations.NullMarked;
