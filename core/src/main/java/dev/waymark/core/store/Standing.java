package dev.waymark.core.store;

import dev.waymark.core.model.ExecutionState;
import java.util.Objects;

/**
 * How an execution stands: all that what follows in it may depend on. Somebody who has decided on
 * one picture of an execution says with it {@link Change.SettleExecution which picture} that was.
 *
 * <p>Claiming a task run changes none of the numbers; whatever calls for a new decision changes at
 * least one. {@code ended} never gets less.
 *
 * @param version the version of the execution
 * @param state its state
 * @param unfinished how many of its task runs have not ended
 * @param ended how many of its task runs and of their attempts have ended, added up
 */
public record Standing(long version, ExecutionState state, int unfinished, int ended) {
  /** Refuses null. */
  public Standing {
    Objects.requireNonNull(state, "state");
  }
}
