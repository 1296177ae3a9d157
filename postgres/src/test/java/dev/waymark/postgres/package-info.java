/** Tests of the store on PostgreSQL, all with a real server. */
@NullMarked
package dev.waymark.postgres;

import org.jspecify.annotations.NullMarked;
