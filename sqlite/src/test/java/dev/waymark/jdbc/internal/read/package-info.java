/** Tests of the SQL of lists as SQLite gets them. */
@NullMarked
package dev.waymark.jdbc.internal.read;

import org.jspecify.annotations.NullMarked;
