/** Task handlers by name, and the arguments of their calls. */
@NullMarked
package dev.waymark.runner.internal.handler;

import org.jspecify.annotations.NullMarked;
