package dev.waymark.examples.shop;

/**
 * The result of the task {@code reserve}.
 *
 * @param item what is reserved
 * @param shelf where it is
 */
public record Reservation(String item, String shelf) {}
