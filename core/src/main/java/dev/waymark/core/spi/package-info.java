/**
 * Stores by their URL: {@link dev.waymark.core.spi.StoreUrl} opens the store that a URL names, and
 * a backend implements {@link dev.waymark.core.spi.StoreProvider} to be found by the scheme.
 */
@NullMarked
package dev.waymark.core.spi;

import org.jspecify.annotations.NullMarked;
