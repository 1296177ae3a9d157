/** How workers look for work: claims, and what no claim returns. */
@NullMarked
package dev.waymark.worker.internal.claim;

import org.jspecify.annotations.NullMarked;
