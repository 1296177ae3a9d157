/** What every command shares: the entry, its surroundings, its errors and exit codes. */
@NullMarked
package dev.waymark.cli.internal;

import org.jspecify.annotations.NullMarked;
