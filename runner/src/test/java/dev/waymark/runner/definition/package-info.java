/** Tests of the workflow file. */
@NullMarked
package dev.waymark.runner.definition;

import org.jspecify.annotations.NullMarked;
