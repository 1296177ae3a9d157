/** The parts without a database, measured with JMH. */
@NullMarked
package dev.waymark.bench.micro;

import org.jspecify.annotations.NullMarked;
