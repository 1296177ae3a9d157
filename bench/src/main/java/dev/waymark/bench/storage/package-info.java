/** The locations of the measured stores: files and servers on the disk of the work folder. */
@NullMarked
package dev.waymark.bench.storage;

import org.jspecify.annotations.NullMarked;
