package dev.waymark.runner.definition;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Durations;
import dev.waymark.core.store.Limits;
import java.time.Duration;

/**
 * The maximum size of each part of a workflow file. A file that exceeds a limit is rejected with a
 * message that names the limit.
 *
 * @param maxFileBytes bytes of the file
 * @param maxDepth nesting depth of lists and maps, aliases expanded
 * @param maxNodes scalars, lists and maps in the file, keys not counted, aliases expanded
 * @param maxTasks tasks of the workflow
 * @param maxLabels labels of the workflow
 * @param maxLabelValueBytes UTF-8 bytes of the value of a label
 * @param maxDescriptionBytes UTF-8 bytes of a description
 * @param maxDuration the longest time-out or delay
 * @param maxProblemsShown problems that the message of an {@link InvalidDefinitionException} shows
 * @since 0.1.0
 */
public record DefinitionLimits(
    int maxFileBytes,
    int maxDepth,
    int maxNodes,
    int maxTasks,
    int maxLabels,
    int maxLabelValueBytes,
    int maxDescriptionBytes,
    Duration maxDuration,
    int maxProblemsShown) {

  /**
   * Checks that every limit is at least 1, and that depth and duration are not too large for Java.
   *
   * @throws InvalidInputException when a limit is out of range
   */
  public DefinitionLimits {
    within("maxFileBytes", maxFileBytes, Integer.MAX_VALUE);
    // The checks are recursive, one call for each level; a thousand levels fit into any thread's
    // stack.
    within("maxDepth", maxDepth, 1_000);
    within("maxNodes", maxNodes, Integer.MAX_VALUE);
    within("maxTasks", maxTasks, Integer.MAX_VALUE);
    within("maxLabels", maxLabels, Integer.MAX_VALUE);
    within("maxLabelValueBytes", maxLabelValueBytes, Integer.MAX_VALUE);
    within("maxDescriptionBytes", maxDescriptionBytes, Integer.MAX_VALUE);
    Durations.within(
        "limit maxDuration", maxDuration, Duration.ofMillis(1), Duration.ofDays(36_500));
    within("maxProblemsShown", maxProblemsShown, Integer.MAX_VALUE);
  }

  private static void within(String name, long value, long most) {
    if (value < 1 || value > most) {
      throw new InvalidInputException(
          "limit " + name + " is " + value + "; it must be from 1 to " + most);
    }
  }

  /** The defaults; a file within them is also within the defaults of the store. */
  public static DefinitionLimits defaults() {
    return builder().build();
  }

  /**
   * The defaults, except for the limits that the store has too, which are those of the store. So
   * the check of a file agrees with the settings of the store.
   */
  public static DefinitionLimits of(Limits store) {
    return builder()
        .maxFileBytes(store.maxDefinitionBytes())
        .maxTasks(store.maxTaskRuns())
        .maxLabels(store.maxLabels())
        .maxLabelValueBytes(store.maxLabelValueBytes())
        .maxDescriptionBytes(store.maxDescriptionBytes())
        .build();
  }

  /** Returns a builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects limits that differ from the defaults. Not thread-safe. */
  public static final class Builder {
    private int maxFileBytes = 1 << 20;
    private int maxDepth = 32;
    private int maxNodes = 250_000;
    private int maxTasks = 10_000;
    private int maxLabels = 64;
    private int maxLabelValueBytes = 1 << 10;
    private int maxDescriptionBytes = 4 << 10;
    private Duration maxDuration = Duration.ofDays(365);
    private int maxProblemsShown = 20;

    private Builder() {}

    /** Bytes of the file; 1 MiB by default. */
    public Builder maxFileBytes(int maxFileBytes) {
      this.maxFileBytes = maxFileBytes;
      return this;
    }

    /** Nesting depth of lists and maps, aliases expanded; 32 by default. */
    public Builder maxDepth(int maxDepth) {
      this.maxDepth = maxDepth;
      return this;
    }

    /** Scalars, lists and maps in the file, aliases expanded; 250,000 by default. */
    public Builder maxNodes(int maxNodes) {
      this.maxNodes = maxNodes;
      return this;
    }

    /** Tasks of the workflow; 10,000 by default. */
    public Builder maxTasks(int maxTasks) {
      this.maxTasks = maxTasks;
      return this;
    }

    /** Labels of the workflow; 64 by default. */
    public Builder maxLabels(int maxLabels) {
      this.maxLabels = maxLabels;
      return this;
    }

    /** UTF-8 bytes of the value of a label; 1 KiB by default. */
    public Builder maxLabelValueBytes(int maxLabelValueBytes) {
      this.maxLabelValueBytes = maxLabelValueBytes;
      return this;
    }

    /** UTF-8 bytes of a description; 4 KiB by default. */
    public Builder maxDescriptionBytes(int maxDescriptionBytes) {
      this.maxDescriptionBytes = maxDescriptionBytes;
      return this;
    }

    /** The longest time-out or delay; 365 days by default. */
    public Builder maxDuration(Duration maxDuration) {
      this.maxDuration = maxDuration;
      return this;
    }

    /** Problems that the message of an {@link InvalidDefinitionException} shows; 20 by default. */
    public Builder maxProblemsShown(int maxProblemsShown) {
      this.maxProblemsShown = maxProblemsShown;
      return this;
    }

    /**
     * Returns the limits.
     *
     * @throws InvalidInputException as the constructor
     */
    public DefinitionLimits build() {
      return new DefinitionLimits(
          maxFileBytes,
          maxDepth,
          maxNodes,
          maxTasks,
          maxLabels,
          maxLabelValueBytes,
          maxDescriptionBytes,
          maxDuration,
          maxProblemsShown);
    }
  }
}
