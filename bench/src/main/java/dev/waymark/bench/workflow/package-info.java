/** Measures one workflow of many tasks: time for each task, and memory. */
@NullMarked
package dev.waymark.bench.workflow;

import org.jspecify.annotations.NullMarked;
