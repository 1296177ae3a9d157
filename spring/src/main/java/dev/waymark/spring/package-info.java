/** Store and runner as beans of a Spring Boot application; see docs/spring.md. */
@NullMarked
package dev.waymark.spring;

import org.jspecify.annotations.NullMarked;
