/** Tests of the SQLite backend: the contract, and what is SQLite's own. */
@NullMarked
package dev.waymark.sqlite;

import org.jspecify.annotations.NullMarked;
