/**
 * SQLite: the text of the statements, the connections and their settings, the schema, and the
 * meaning of errors.
 */
@NullMarked
package dev.waymark.sqlite.internal;

import org.jspecify.annotations.NullMarked;
