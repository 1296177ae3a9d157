/** Tests of the internals of the store on PostgreSQL. */
@NullMarked
package dev.waymark.postgres.internal;

import org.jspecify.annotations.NullMarked;
