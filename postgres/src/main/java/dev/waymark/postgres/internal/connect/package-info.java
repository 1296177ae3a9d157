/** The address of a server: URL, hosts, password and sockets. */
@NullMarked
package dev.waymark.postgres.internal.connect;

import org.jspecify.annotations.NullMarked;
