/** Measures pages of large stores. This package also creates the large stores. */
@NullMarked
package dev.waymark.bench.pages;

import org.jspecify.annotations.NullMarked;
