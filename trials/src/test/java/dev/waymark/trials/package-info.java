/** All backends together, through their public API. */
@NullMarked
package dev.waymark.trials;

import org.jspecify.annotations.NullMarked;
