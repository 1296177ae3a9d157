/** Tests of groups as SQLite gets them. */
@NullMarked
package dev.waymark.jdbc.internal.commit;

import org.jspecify.annotations.NullMarked;
