/**
 * All that the SQL backends share: {@link dev.waymark.jdbc.JdbcStateStore}, the base of each of
 * them.
 */
@NullMarked
package dev.waymark.jdbc;

import org.jspecify.annotations.NullMarked;
