package dev.waymark.examples.shop;

/**
 * An order, which is also the input of its execution.
 *
 * @param id its number
 * @param item what is ordered
 */
public record Order(int id, String item) {}
