/**
 * The checks of a query that every store makes before it answers. All stores refuse a bad query in
 * the same way.
 */
@NullMarked
package dev.waymark.core.internal.read;

import org.jspecify.annotations.NullMarked;
