/** Tests of how the workflow file is read and checked. */
@NullMarked
package dev.waymark.runner.definition.internal;

import org.jspecify.annotations.NullMarked;
