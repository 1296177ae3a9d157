/** What every store checks of a question before it answers, so that all refuse it in one way. */
@NullMarked
package dev.waymark.core.internal.read;

import org.jspecify.annotations.NullMarked;
