/** db-scheduler. */
@NullMarked
package dev.waymark.bench.peers.dbscheduler;

import org.jspecify.annotations.NullMarked;
