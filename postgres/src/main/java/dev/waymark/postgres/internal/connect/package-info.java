/** The address of a server: URL, hosts, password, sockets; the timeline that it must continue. */
@NullMarked
package dev.waymark.postgres.internal.connect;

import org.jspecify.annotations.NullMarked;
