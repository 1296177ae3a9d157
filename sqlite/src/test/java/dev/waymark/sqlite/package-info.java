/** Tests of the SQLite backend: the contract, and the properties of SQLite. */
@NullMarked
package dev.waymark.sqlite;

import org.jspecify.annotations.NullMarked;
