/** Tests of groups on SQLite. */
@NullMarked
package dev.waymark.jdbc.internal.commit;

import org.jspecify.annotations.NullMarked;
