/** The settings of a runner, and the executions that it works on. */
@NullMarked
package dev.waymark.runner.internal.worker;

import org.jspecify.annotations.NullMarked;
