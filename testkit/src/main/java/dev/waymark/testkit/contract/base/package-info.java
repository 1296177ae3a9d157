/** The base of all topics of the contract, and what a backend provides to run it. */
@NullMarked
package dev.waymark.testkit.contract.base;

import org.jspecify.annotations.NullMarked;
