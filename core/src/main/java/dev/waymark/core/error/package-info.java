/**
 * The errors of Waymark, as a few unchecked types. Every message says what was attempted, on which
 * record, what was found, what was expected and what to do next.
 */
@NullMarked
package dev.waymark.core.error;

import org.jspecify.annotations.NullMarked;
