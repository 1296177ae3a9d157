/** What tests of the backends on SQL share: a look at the statements that reach the driver. */
@NullMarked
package dev.waymark.testkit.sql;

import org.jspecify.annotations.NullMarked;
