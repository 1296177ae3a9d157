/**
 * The types that a program passes to a runner or receives from it: start requests, task handlers
 * with their context, logs, listeners, and tracers.
 */
@NullMarked
package dev.waymark.runner.api;

import org.jspecify.annotations.NullMarked;
