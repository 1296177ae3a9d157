/** What a native image must know. */
@NullMarked
package dev.waymark.spring.internal.hints;

import org.jspecify.annotations.NullMarked;
