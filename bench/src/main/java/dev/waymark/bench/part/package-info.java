/**
 * The contract of a part of the bench, with its settings, sizes and the description of the machine.
 */
@NullMarked
package dev.waymark.bench.part;

import org.jspecify.annotations.NullMarked;
