/**
 * The differential test. It generates one stream of operations from a seed and applies it to
 * several stores. Every answer and every error must match that of the reference store word for
 * word.
 *
 * <p>{@link dev.waymark.testkit.model.Comparison} is the entry point. {@code Operations} generates
 * the operations. It uses only the random generator and the reference store. Therefore a seed
 * replays exactly, whatever the stores under test answer. To add a query, add one record to {@code
 * Operation} and one line where the operations are generated.
 */
@NullMarked
package dev.waymark.testkit.model;

import org.jspecify.annotations.NullMarked;
