/**
 * Commits under load. Compares Waymark with two implementations. Plain JDBC writes the same records
 * with one transaction for each step. The ceiling is JDBC that commits in groups and decides
 * nothing.
 */
@NullMarked
package dev.waymark.bench.commits;

import org.jspecify.annotations.NullMarked;
