/** What the parts of the SQL backends share with each other. */
@NullMarked
package dev.waymark.jdbc.internal;

import org.jspecify.annotations.NullMarked;
