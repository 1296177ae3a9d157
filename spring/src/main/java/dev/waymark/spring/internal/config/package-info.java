/** The auto-configuration. */
@NullMarked
package dev.waymark.spring.internal.config;

import org.jspecify.annotations.NullMarked;
