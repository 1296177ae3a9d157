/**
 * Commits under load: Waymark against plain JDBC, which writes the same records with a transaction
 * for each step, and against the ceiling, JDBC that commits in groups and decides nothing.
 */
@NullMarked
package dev.waymark.bench.commits;

import org.jspecify.annotations.NullMarked;
