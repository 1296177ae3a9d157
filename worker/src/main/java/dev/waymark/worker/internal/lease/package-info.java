/** The identity of a worker, and the heartbeat that renews its leases. */
@NullMarked
package dev.waymark.worker.internal.lease;

import org.jspecify.annotations.NullMarked;
