/**
 * What a program gives to a {@link dev.waymark.worker.Worker} and receives from it: handlers and
 * their results, decisions about what is next, listeners.
 */
@NullMarked
package dev.waymark.worker.api;

import org.jspecify.annotations.NullMarked;
