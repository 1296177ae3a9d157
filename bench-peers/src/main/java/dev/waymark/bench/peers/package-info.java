/** What the measured products share. */
@NullMarked
package dev.waymark.bench.peers;

import org.jspecify.annotations.NullMarked;
