/** Parsing, checking and mapping of workflow files. */
@NullMarked
package dev.waymark.runner.file.internal;

import org.jspecify.annotations.NullMarked;
