/** Tests of the commit path. */
@NullMarked
package dev.waymark.jdbc.internal.commit;

import org.jspecify.annotations.NullMarked;
