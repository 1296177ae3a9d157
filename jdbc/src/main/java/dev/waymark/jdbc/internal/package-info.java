/** The state store on any SQL backend. {@code JdbcStateStore} is the base class of each backend. */
@NullMarked
package dev.waymark.jdbc.internal;

import org.jspecify.annotations.NullMarked;
