/** The shop of the examples as a real application; compiled and run on each version of Boot. */
@NullMarked
package dev.waymark.spring.trials;

import org.jspecify.annotations.NullMarked;
