/** Tests that the measurements run, without their results. */
package dev.waymark.bench;
