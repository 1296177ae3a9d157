@NullMarked
package dev.waymark.worker;

import org.jspecify.annotations.NullMarked;
