/** What a product must provide to be measured: its jobs, its claims and its changes of states. */
@NullMarked
package dev.waymark.bench.peer;

import org.jspecify.annotations.NullMarked;
