/** The health of the store, for the actuator of Boot 3 and of Boot 4. */
@NullMarked
package dev.waymark.spring.internal.health;

import org.jspecify.annotations.NullMarked;
