/** Shared code for tests of the SQL backends: a log of the statements that reach the driver. */
@NullMarked
package dev.waymark.testkit.sql;

import org.jspecify.annotations.NullMarked;
