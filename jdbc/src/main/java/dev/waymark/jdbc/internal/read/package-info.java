/**
 * Reads: the answers that a store gives, each from one snapshot, and the text forms in which maps
 * and transitions are kept.
 */
@NullMarked
package dev.waymark.jdbc.internal.read;

import org.jspecify.annotations.NullMarked;
