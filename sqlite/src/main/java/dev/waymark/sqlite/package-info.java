/** The state store in one SQLite file: {@link dev.waymark.sqlite.SqliteStateStore}. */
@NullMarked
package dev.waymark.sqlite;

import org.jspecify.annotations.NullMarked;
