/** Tests of groups on PostgreSQL. */
@NullMarked
package dev.waymark.jdbc.internal.commit;

import org.jspecify.annotations.NullMarked;
