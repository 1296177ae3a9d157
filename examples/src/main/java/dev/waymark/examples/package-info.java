/** Programs that use Waymark as a library. */
@NullMarked
package dev.waymark.examples;

import org.jspecify.annotations.NullMarked;
