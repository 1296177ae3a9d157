/** Whether the measurements run; not what they come to. */
package dev.waymark.bench;
