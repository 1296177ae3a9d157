/** Migrates the tables of a store to the version of this program. */
@NullMarked
package dev.waymark.jdbc.internal.migrate;

import org.jspecify.annotations.NullMarked;
