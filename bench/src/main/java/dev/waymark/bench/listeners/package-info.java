/** Measures commits while other stores listen for what becomes ready. */
@NullMarked
package dev.waymark.bench.listeners;

import org.jspecify.annotations.NullMarked;
