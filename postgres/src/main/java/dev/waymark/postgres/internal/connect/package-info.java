/**
 * The address of a server: URL, hosts, password, sockets; the timeline that it must continue; how
 * far a replica is behind; pools and transactions of the caller.
 */
@NullMarked
package dev.waymark.postgres.internal.connect;

import org.jspecify.annotations.NullMarked;
