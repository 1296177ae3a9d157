/**
 * Tasks as processes of the operating system: commands, files, process groups, signals and output.
 */
@NullMarked
package dev.waymark.runner.internal.process;

import org.jspecify.annotations.NullMarked;
