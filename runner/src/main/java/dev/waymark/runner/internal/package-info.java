/**
 * The engine behind {@link dev.waymark.runner.Runner}. Nothing here is for callers, and all of it
 * may change.
 *
 * <p>From the bottom: the process layer ({@code ProcessGroups}, {@code ShellCommand}, {@code
 * TaskProcess}) starts one script in a process group of its own and ends the group whole. The
 * picture ({@code Job}, {@code Node}) is what one coordinator knows of an execution; a {@code Step}
 * is one change set over it, and {@code Settlement} says what follows from how a task ended. {@code
 * Coordinator} is the one thread that decides.
 */
@NullMarked
package dev.waymark.runner.internal;

import org.jspecify.annotations.NullMarked;
