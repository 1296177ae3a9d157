/**
 * The rules: what follows from the states of an execution and its task runs. No class of this
 * package calls a process.
 */
@NullMarked
package dev.waymark.runner.internal.rules;

import org.jspecify.annotations.NullMarked;
