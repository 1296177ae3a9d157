/**
 * PostgreSQL: the text of the statements, the connections and their settings, the schema, and the
 * meaning of errors.
 */
@NullMarked
package dev.waymark.postgres.internal;

import org.jspecify.annotations.NullMarked;
