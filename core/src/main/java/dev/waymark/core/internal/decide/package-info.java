/**
 * The rules by which every store decides change sets: pure functions over the heads of the records
 * that a group touches. A store loads a {@link dev.waymark.core.internal.decide.Ledger}, lets
 * {@link dev.waymark.core.internal.decide.Decider} decide each {@link
 * dev.waymark.core.internal.submit.Submission} against it, and writes the {@link
 * dev.waymark.core.internal.decide.Effect}s.
 */
@NullMarked
package dev.waymark.core.internal.decide;

import org.jspecify.annotations.NullMarked;
