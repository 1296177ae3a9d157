/** Measures the command line as a whole process, and Waymark in a small heap. */
@NullMarked
package dev.waymark.bench.process;

import org.jspecify.annotations.NullMarked;
