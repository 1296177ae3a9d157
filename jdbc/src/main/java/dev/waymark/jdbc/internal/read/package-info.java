/**
 * Reads. Every answer of a store comes from one snapshot. This package also has the text forms of
 * stored maps and transitions.
 */
@NullMarked
package dev.waymark.jdbc.internal.read;

import org.jspecify.annotations.NullMarked;
