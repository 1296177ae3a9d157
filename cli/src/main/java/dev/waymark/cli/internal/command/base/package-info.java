/**
 * What commands share: their contract and context, options of several commands, signals, and the
 * display of results.
 */
@NullMarked
package dev.waymark.cli.internal.command.base;

import org.jspecify.annotations.NullMarked;
