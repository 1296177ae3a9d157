/** What follows from the states of an execution and its task runs. Nothing here calls a process. */
@NullMarked
package dev.waymark.runner.internal.rules;

import org.jspecify.annotations.NullMarked;
