/** A real PostgreSQL for tests and measurements. It is started from Maven artifacts. */
@NullMarked
package dev.waymark.testserver;

import org.jspecify.annotations.NullMarked;
