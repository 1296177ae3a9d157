/** Tests of what the store on PostgreSQL is made of. */
@NullMarked
package dev.waymark.postgres.internal;

import org.jspecify.annotations.NullMarked;
