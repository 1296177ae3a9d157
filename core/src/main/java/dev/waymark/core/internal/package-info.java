/** Code that the modules of Waymark share and users do not use: checks of text and time. */
@NullMarked
package dev.waymark.core.internal;

import org.jspecify.annotations.NullMarked;
