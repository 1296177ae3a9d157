/** Tests of notifications between processes. */
@NullMarked
package dev.waymark.postgres.internal.notify;

import org.jspecify.annotations.NullMarked;
