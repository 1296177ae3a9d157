/**
 * The boundary between the shared code and the code of each backend. {@link
 * dev.waymark.jdbc.internal.sql.Dialect} has the text of every statement. {@link
 * dev.waymark.jdbc.internal.sql.SessionSource} has the connections.
 */
@NullMarked
package dev.waymark.jdbc.internal.sql;

import org.jspecify.annotations.NullMarked;
