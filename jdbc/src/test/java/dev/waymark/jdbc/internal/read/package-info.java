/** Tests of reading. */
@NullMarked
package dev.waymark.jdbc.internal.read;

import org.jspecify.annotations.NullMarked;
