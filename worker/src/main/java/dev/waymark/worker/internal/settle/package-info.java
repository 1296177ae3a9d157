/** What follows from the end of an attempt, decided on one snapshot and committed at once. */
@NullMarked
package dev.waymark.worker.internal.settle;

import org.jspecify.annotations.NullMarked;
