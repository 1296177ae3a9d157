/**
 * The seam between what the backends share and what differs: {@link
 * dev.waymark.jdbc.internal.sql.Dialect} with the text of every statement, {@link
 * dev.waymark.jdbc.internal.sql.SessionSource} with the connections.
 */
@NullMarked
package dev.waymark.jdbc.internal.sql;

import org.jspecify.annotations.NullMarked;
