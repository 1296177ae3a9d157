/** Opens the store, and lets it take part in transactions of Spring. */
@NullMarked
package dev.waymark.spring.internal.store;

import org.jspecify.annotations.NullMarked;
