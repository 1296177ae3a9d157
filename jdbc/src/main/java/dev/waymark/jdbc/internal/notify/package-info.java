/** Notifications of ready and due work, within the process and between processes. */
@NullMarked
package dev.waymark.jdbc.internal.notify;

import org.jspecify.annotations.NullMarked;
