/** All backends side by side, seen from outside. */
@NullMarked
package dev.waymark.trials;

import org.jspecify.annotations.NullMarked;
