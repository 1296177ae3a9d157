/** The progress display of an execution: plain lines, or a display that is redrawn in place. */
@NullMarked
package dev.waymark.cli.internal.progress;

import org.jspecify.annotations.NullMarked;
