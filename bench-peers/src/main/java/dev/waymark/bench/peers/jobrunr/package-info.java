/** JobRunr, the free edition. */
@NullMarked
package dev.waymark.bench.peers.jobrunr;

import org.jspecify.annotations.NullMarked;
