/**
 * The differential test: one stream of operations, drawn from a seed, put to several stores; every
 * answer and every error must be that of the reference store, word by word.
 *
 * <p>{@link dev.waymark.testkit.model.Comparison} is the way in. What happens is drawn by {@code
 * Operations}, which looks at nothing but the dice and the reference store; so a seed replays
 * exactly, whatever the stores under test answer. A new kind of question to a store is one more
 * record in {@code Operation} and one more line where the operations are drawn.
 */
@NullMarked
package dev.waymark.testkit.model;

import org.jspecify.annotations.NullMarked;
