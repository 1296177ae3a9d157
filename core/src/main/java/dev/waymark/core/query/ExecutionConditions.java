package dev.waymark.core.query;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.internal.Times;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of an {@link ExecutionQuery}. An execution must match all of them.
 *
 * @param states the execution has one of these states; empty for every state
 * @param workflowId the execution belongs to this workflow; null for every workflow
 * @param labels the execution has all of these labels
 * @param labelConditions the labels of the execution match all of these conditions too
 * @param since the execution was created at or after this time; null for no bound
 * @param until the execution was created before this time; null for no bound
 * @param endedSince the execution ended at or after this time; null for no bound. With a bound on
 *     the end, an execution that has not ended does not match
 * @param endedUntil the execution ended before this time; null for no bound
 * @param taskRun the execution has a task run that matches this condition; null for none
 * @param parent the execution is a child of this execution; null whether or not it is a child
 * @since 0.1.0
 */
public record ExecutionConditions(
    Set<ExecutionState> states,
    @Nullable WorkflowId workflowId,
    Map<String, String> labels,
    List<LabelCondition> labelConditions,
    @Nullable Instant since,
    @Nullable Instant until,
    @Nullable Instant endedSince,
    @Nullable Instant endedUntil,
    @Nullable TaskRunCondition taskRun,
    @Nullable ExecutionId parent) {
  /** Maximum number of label conditions. */
  public static final int MAX_LABEL_CONDITIONS = 16;

  /**
   * Checks the texts and keeps unmodifiable copies. Rounds time bounds to whole microseconds; this
   * does not change which executions match. Keeps one of several equal label conditions.
   *
   * @throws InvalidInputException when a text contains NUL or a lone surrogate, or there are more
   *     label conditions than {@link #MAX_LABEL_CONDITIONS}
   */
  public ExecutionConditions {
    states = states.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(states));
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    labels.forEach(
        (name, value) ->
            Text.wellFormed(
                "label " + Text.quote(name), Text.wellFormed("label name", name) + value));
    labelConditions = labelConditions.stream().distinct().toList();
    if (labelConditions.size() > MAX_LABEL_CONDITIONS) {
      throw new InvalidInputException(
          "the query has "
              + labelConditions.size()
              + " label conditions; give up to "
              + MAX_LABEL_CONDITIONS);
    }
    since = bound(since);
    until = bound(until);
    endedSince = bound(endedSince);
    endedUntil = bound(endedUntil);
  }

  private static @Nullable Instant bound(@Nullable Instant time) {
    return time == null ? null : Times.bound(time);
  }
}
