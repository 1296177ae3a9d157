/**
 * The rules by which every store decides change sets. They are pure functions over the heads of the
 * records that a group touches. A store loads a {@link dev.waymark.core.internal.decide.Ledger}.
 * {@link dev.waymark.core.internal.decide.Decider} then decides each {@link
 * dev.waymark.core.internal.decide.Submission} against it. The store writes the {@link
 * dev.waymark.core.internal.decide.Effect}s.
 */
@NullMarked
package dev.waymark.core.internal.decide;

import org.jspecify.annotations.NullMarked;
