/** A shop on Spring Boot: an order and the execution that ships it become durable together. */
@NullMarked
package dev.waymark.examples.shop;

import org.jspecify.annotations.NullMarked;
