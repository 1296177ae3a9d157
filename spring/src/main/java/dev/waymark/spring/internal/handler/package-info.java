/** Methods of beans that run tasks. */
@NullMarked
package dev.waymark.spring.internal.handler;

import org.jspecify.annotations.NullMarked;
