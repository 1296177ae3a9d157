/** The code that the launcher script runs once after a build, so that later starts are fast. */
@NullMarked
package dev.waymark.cli.internal.launch;

import org.jspecify.annotations.NullMarked;
