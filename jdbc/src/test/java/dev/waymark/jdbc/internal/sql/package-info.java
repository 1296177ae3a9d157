/** Tests of what the backends share. */
@NullMarked
package dev.waymark.jdbc.internal.sql;

import org.jspecify.annotations.NullMarked;
