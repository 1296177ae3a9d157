/** Pages of large stores, and the large stores themselves. */
@NullMarked
package dev.waymark.bench.pages;

import org.jspecify.annotations.NullMarked;
