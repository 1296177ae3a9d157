/** Tests of the internals of the SQLite backend. */
@NullMarked
package dev.waymark.sqlite.internal;

import org.jspecify.annotations.NullMarked;
