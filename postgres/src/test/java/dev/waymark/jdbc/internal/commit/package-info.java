/** Tests of groups as PostgreSQL gets them. */
@NullMarked
package dev.waymark.jdbc.internal.commit;

import org.jspecify.annotations.NullMarked;
