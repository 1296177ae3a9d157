/** How a workflow file is read and checked. Not for use from outside; it changes without notice. */
@NullMarked
package dev.waymark.runner.definition.internal;

import org.jspecify.annotations.NullMarked;
