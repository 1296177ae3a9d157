/**
 * How the store works with PostgreSQL: the text of its statements, its connections and their
 * settings, its schema, and what its errors mean.
 */
@NullMarked
package dev.waymark.postgres.internal;

import org.jspecify.annotations.NullMarked;
