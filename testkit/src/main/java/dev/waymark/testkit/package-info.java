/**
 * Shared code for the tests of Waymark and of its backends: an in-memory reference store, and a
 * clock that moves only when a test moves it.
 */
@NullMarked
package dev.waymark.testkit;

import org.jspecify.annotations.NullMarked;
