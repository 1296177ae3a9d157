/** How a running execution is shown: plain lines, or a display that is redrawn on a terminal. */
@NullMarked
package dev.waymark.cli.internal.progress;

import org.jspecify.annotations.NullMarked;
