/** Opens the store by its URL, for programs that do not name the backend. */
@NullMarked
package dev.waymark.postgres.internal.provider;

import org.jspecify.annotations.NullMarked;
