/** Where the measured stores are: files and servers on the disk of the work folder. */
@NullMarked
package dev.waymark.bench.place;

import org.jspecify.annotations.NullMarked;
