/** Code that the parts of the SQL backends share. */
@NullMarked
package dev.waymark.jdbc.internal;

import org.jspecify.annotations.NullMarked;
