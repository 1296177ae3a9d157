/** What it costs to claim work, and how soon work that comes is begun. */
@NullMarked
package dev.waymark.bench.claims;

import org.jspecify.annotations.NullMarked;
