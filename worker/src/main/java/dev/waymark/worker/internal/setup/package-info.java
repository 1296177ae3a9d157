/** The settings of a worker, and the notification of its listeners. */
@NullMarked
package dev.waymark.worker.internal.setup;

import org.jspecify.annotations.NullMarked;
