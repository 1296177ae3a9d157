/**
 * The unchecked exceptions of Waymark. Every message says what was attempted, on which record, what
 * was found, what was expected and what to do next.
 */
@NullMarked
package dev.waymark.core.error;

import org.jspecify.annotations.NullMarked;
