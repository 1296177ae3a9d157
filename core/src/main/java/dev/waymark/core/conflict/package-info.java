/** Change sets that a store refuses, with a refusal for each change that was in conflict. */
@NullMarked
package dev.waymark.core.conflict;

import org.jspecify.annotations.NullMarked;
