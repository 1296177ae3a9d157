/** Shows a running execution: as plain lines, or as a display that is redrawn on a terminal. */
@NullMarked
package dev.waymark.cli.internal.progress;

import org.jspecify.annotations.NullMarked;
