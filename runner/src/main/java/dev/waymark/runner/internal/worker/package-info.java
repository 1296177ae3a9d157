/** The identity and settings of a worker, and the heartbeat that renews its leases. */
@NullMarked
package dev.waymark.runner.internal.worker;

import org.jspecify.annotations.NullMarked;
