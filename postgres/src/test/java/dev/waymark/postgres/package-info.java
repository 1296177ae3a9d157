/** Tests of the store on PostgreSQL, all against a real server. */
@NullMarked
package dev.waymark.postgres;

import org.jspecify.annotations.NullMarked;
