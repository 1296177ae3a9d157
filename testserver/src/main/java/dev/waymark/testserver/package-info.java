/** A real PostgreSQL, started from Maven artifacts, for tests and measurements. */
@NullMarked
package dev.waymark.testserver;

import org.jspecify.annotations.NullMarked;
