/**
 * How the store works with SQLite: the text of its statements, its connections and their settings,
 * its schema, and what its errors mean.
 */
@NullMarked
package dev.waymark.sqlite.internal;

import org.jspecify.annotations.NullMarked;
