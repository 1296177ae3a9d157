/**
 * Shared code of the SQL backends. {@link dev.waymark.jdbc.JdbcStateStore} is the base class of
 * each backend.
 */
@NullMarked
package dev.waymark.jdbc;

import org.jspecify.annotations.NullMarked;
