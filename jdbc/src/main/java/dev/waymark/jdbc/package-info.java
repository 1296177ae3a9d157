/** What the stores on SQL databases offer besides the interface of every store. */
@NullMarked
package dev.waymark.jdbc;

import org.jspecify.annotations.NullMarked;
