/** The threads of a worker: claims, attempts, examinations. */
@NullMarked
package dev.waymark.worker.internal.run;

import org.jspecify.annotations.NullMarked;
