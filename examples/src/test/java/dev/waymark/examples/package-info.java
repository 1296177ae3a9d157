/** Runs every example. */
@NullMarked
package dev.waymark.examples;

import org.jspecify.annotations.NullMarked;
