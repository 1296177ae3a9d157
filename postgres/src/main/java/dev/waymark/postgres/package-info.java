/**
 * The state store in a schema of a PostgreSQL database: {@link
 * dev.waymark.postgres.PostgresStateStore}.
 */
@NullMarked
package dev.waymark.postgres;

import org.jspecify.annotations.NullMarked;
