/** The life of the runner within that of the application. */
@NullMarked
package dev.waymark.spring.internal.run;

import org.jspecify.annotations.NullMarked;
