/**
 * What the tests of Waymark and of its backends share: a reference store in memory and a clock that
 * stands still until it is told to move.
 */
@NullMarked
package dev.waymark.testkit;

import org.jspecify.annotations.NullMarked;
