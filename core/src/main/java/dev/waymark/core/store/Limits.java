package dev.waymark.core.store;

import dev.waymark.core.error.InvalidInputException;

/**
 * The limits of a store. Input over a limit is rejected with an {@link InvalidInputException} that
 * names the limit.
 *
 * <p>A store with one limit changed:
 *
 * <pre>{@code
 * Limits limits = Limits.builder().maxLogBytes(1_000_000).build();
 * StateStore small = SqliteStateStore.builder(file).limits(limits).build();
 * }</pre>
 *
 * @param maxDefinitionBytes UTF-8 bytes of a workflow definition
 * @param maxDescriptionBytes UTF-8 bytes of a workflow's description
 * @param maxLabels labels of one record
 * @param maxLabelValueBytes UTF-8 bytes of the value of a label
 * @param maxInputBytes bytes of the input of an execution or a task run; of a map of texts, the
 *     UTF-8 bytes of all names and values
 * @param maxErrorBytes UTF-8 bytes of an error
 * @param maxWorkerBytes UTF-8 bytes of the name of a worker
 * @param maxInfoBytes UTF-8 bytes of all names and values that a worker publishes
 * @param maxOutputBytes bytes of the result of an execution or a task run, counted in the same way
 * @param maxDetailBytes bytes of the details of an attempt
 * @param maxLogBytes bytes of the log of one attempt
 * @param maxLogChunkBytes bytes of a log that one change appends
 * @param maxClaims task runs of one claim
 * @param maxTaskRuns task runs of one execution
 * @param maxAttempts attempts of one task run
 * @param maxSignals signals of one execution
 * @param maxDepth ancestors of one execution
 * @param maxChanges changes in one change set
 * @param maxPageSize items on one page
 * @param defaultPageSize items on a page when the query sets no limit
 * @param maxGroup change sets that become durable in one transaction
 * @param maxWaiting change sets that wait to be committed
 * @param maxWaitingBytes approximate bytes of text and logs of the change sets that wait
 * @since 0.1.0
 */
public record Limits(
    int maxDefinitionBytes,
    int maxDescriptionBytes,
    int maxLabels,
    int maxLabelValueBytes,
    int maxInputBytes,
    int maxErrorBytes,
    int maxWorkerBytes,
    int maxInfoBytes,
    int maxOutputBytes,
    int maxDetailBytes,
    int maxLogBytes,
    int maxLogChunkBytes,
    int maxClaims,
    int maxTaskRuns,
    int maxAttempts,
    int maxSignals,
    int maxDepth,
    int maxChanges,
    int maxPageSize,
    int defaultPageSize,
    int maxGroup,
    int maxWaiting,
    int maxWaitingBytes) {

  /**
   * Checks that every limit is at least 1 and that the default page size is not over the maximum.
   *
   * @throws InvalidInputException when a limit is invalid
   */
  public Limits {
    atLeastOne("maxDefinitionBytes", maxDefinitionBytes);
    atLeastOne("maxDescriptionBytes", maxDescriptionBytes);
    atLeastOne("maxLabels", maxLabels);
    atLeastOne("maxLabelValueBytes", maxLabelValueBytes);
    atLeastOne("maxInputBytes", maxInputBytes);
    atLeastOne("maxErrorBytes", maxErrorBytes);
    atLeastOne("maxWorkerBytes", maxWorkerBytes);
    atLeastOne("maxInfoBytes", maxInfoBytes);
    atLeastOne("maxOutputBytes", maxOutputBytes);
    atLeastOne("maxDetailBytes", maxDetailBytes);
    atLeastOne("maxLogBytes", maxLogBytes);
    atLeastOne("maxLogChunkBytes", maxLogChunkBytes);
    atLeastOne("maxClaims", maxClaims);
    atLeastOne("maxTaskRuns", maxTaskRuns);
    atLeastOne("maxAttempts", maxAttempts);
    atLeastOne("maxSignals", maxSignals);
    atLeastOne("maxDepth", maxDepth);
    atLeastOne("maxChanges", maxChanges);
    atLeastOne("maxPageSize", maxPageSize);
    atLeastOne("defaultPageSize", defaultPageSize);
    atLeastOne("maxGroup", maxGroup);
    atLeastOne("maxWaiting", maxWaiting);
    atLeastOne("maxWaitingBytes", maxWaitingBytes);
    if (defaultPageSize > maxPageSize) {
      throw new InvalidInputException(
          "defaultPageSize "
              + defaultPageSize
              + " is over maxPageSize "
              + maxPageSize
              + "; lower the one or raise the other");
    }
  }

  private static void atLeastOne(String name, int value) {
    if (value < 1) {
      throw new InvalidInputException("limit " + name + " is " + value + "; it must be at least 1");
    }
  }

  /** Returns the default limits. */
  public static Limits defaults() {
    return builder().build();
  }

  /** Begins with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Begins with these limits. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.maxDefinitionBytes = maxDefinitionBytes;
    builder.maxDescriptionBytes = maxDescriptionBytes;
    builder.maxLabels = maxLabels;
    builder.maxLabelValueBytes = maxLabelValueBytes;
    builder.maxInputBytes = maxInputBytes;
    builder.maxErrorBytes = maxErrorBytes;
    builder.maxWorkerBytes = maxWorkerBytes;
    builder.maxInfoBytes = maxInfoBytes;
    builder.maxOutputBytes = maxOutputBytes;
    builder.maxDetailBytes = maxDetailBytes;
    builder.maxLogBytes = maxLogBytes;
    builder.maxLogChunkBytes = maxLogChunkBytes;
    builder.maxClaims = maxClaims;
    builder.maxTaskRuns = maxTaskRuns;
    builder.maxAttempts = maxAttempts;
    builder.maxSignals = maxSignals;
    builder.maxDepth = maxDepth;
    builder.maxChanges = maxChanges;
    builder.maxPageSize = maxPageSize;
    builder.defaultPageSize = defaultPageSize;
    builder.maxGroup = maxGroup;
    builder.maxWaiting = maxWaiting;
    builder.maxWaitingBytes = maxWaitingBytes;
    return builder;
  }

  /** Builds limits that differ from the defaults. Not thread-safe. */
  public static final class Builder {
    private int maxDefinitionBytes = 1 << 20;
    private int maxDescriptionBytes = 4 << 10;
    private int maxLabels = 64;
    private int maxLabelValueBytes = 1 << 10;
    private int maxInputBytes = 256 << 10;
    private int maxErrorBytes = 16 << 10;
    private int maxWorkerBytes = 255;
    private int maxInfoBytes = 4 << 10;
    private int maxOutputBytes = 64 << 10;
    private int maxDetailBytes = 16 << 10;
    private int maxLogBytes = 10 << 20;
    private int maxLogChunkBytes = 64 << 10;
    private int maxClaims = 1_000;
    private int maxTaskRuns = 10_000;
    private int maxAttempts = 10_000;
    private int maxSignals = 10_000;
    private int maxDepth = 32;
    private int maxChanges = 50_000;
    private int maxPageSize = 1_000;
    private int defaultPageSize = 50;
    private int maxGroup = 512;
    private int maxWaiting = 10_000;
    private int maxWaitingBytes = 32 << 20;

    private Builder() {}

    /** UTF-8 bytes of a workflow definition; 1 MiB by default. */
    public Builder maxDefinitionBytes(int maxDefinitionBytes) {
      this.maxDefinitionBytes = maxDefinitionBytes;
      return this;
    }

    /** UTF-8 bytes of a workflow's description; 4 KiB by default. */
    public Builder maxDescriptionBytes(int maxDescriptionBytes) {
      this.maxDescriptionBytes = maxDescriptionBytes;
      return this;
    }

    /** Labels of one record; 64 by default. */
    public Builder maxLabels(int maxLabels) {
      this.maxLabels = maxLabels;
      return this;
    }

    /** UTF-8 bytes of the value of a label; 1 KiB by default. */
    public Builder maxLabelValueBytes(int maxLabelValueBytes) {
      this.maxLabelValueBytes = maxLabelValueBytes;
      return this;
    }

    /**
     * Bytes of the input of an execution or a task run; 256 KiB by default. Of a map of texts, the
     * UTF-8 bytes of all names and values.
     */
    public Builder maxInputBytes(int maxInputBytes) {
      this.maxInputBytes = maxInputBytes;
      return this;
    }

    /** UTF-8 bytes of an error; 16 KiB by default. */
    public Builder maxErrorBytes(int maxErrorBytes) {
      this.maxErrorBytes = maxErrorBytes;
      return this;
    }

    /** UTF-8 bytes of the name of a worker; 255 by default. */
    public Builder maxWorkerBytes(int maxWorkerBytes) {
      this.maxWorkerBytes = maxWorkerBytes;
      return this;
    }

    /** UTF-8 bytes of all names and values that a worker publishes; 4 KiB by default. */
    public Builder maxInfoBytes(int maxInfoBytes) {
      this.maxInfoBytes = maxInfoBytes;
      return this;
    }

    /**
     * Bytes of the result of an execution or a task run; 64 KiB by default. Of a map of texts, the
     * UTF-8 bytes of all names and values.
     */
    public Builder maxOutputBytes(int maxOutputBytes) {
      this.maxOutputBytes = maxOutputBytes;
      return this;
    }

    /** Bytes of the details of an attempt; 16 KiB by default. */
    public Builder maxDetailBytes(int maxDetailBytes) {
      this.maxDetailBytes = maxDetailBytes;
      return this;
    }

    /** Bytes of the log of one attempt; 10 MiB by default. */
    public Builder maxLogBytes(int maxLogBytes) {
      this.maxLogBytes = maxLogBytes;
      return this;
    }

    /** Bytes of a log that one change appends; 64 KiB by default. */
    public Builder maxLogChunkBytes(int maxLogChunkBytes) {
      this.maxLogChunkBytes = maxLogChunkBytes;
      return this;
    }

    /** Task runs of one claim; 1,000 by default. */
    public Builder maxClaims(int maxClaims) {
      this.maxClaims = maxClaims;
      return this;
    }

    /** Task runs of one execution; 10,000 by default. */
    public Builder maxTaskRuns(int maxTaskRuns) {
      this.maxTaskRuns = maxTaskRuns;
      return this;
    }

    /** Attempts of one task run; 10,000 by default. */
    public Builder maxAttempts(int maxAttempts) {
      this.maxAttempts = maxAttempts;
      return this;
    }

    /** Signals of one execution; 10,000 by default. */
    public Builder maxSignals(int maxSignals) {
      this.maxSignals = maxSignals;
      return this;
    }

    /** Ancestors of one execution: its parent, the parent of that, and so on; 32 by default. */
    public Builder maxDepth(int maxDepth) {
      this.maxDepth = maxDepth;
      return this;
    }

    /** Changes in one change set; 50,000 by default. */
    public Builder maxChanges(int maxChanges) {
      this.maxChanges = maxChanges;
      return this;
    }

    /** Items on one page; 1,000 by default. */
    public Builder maxPageSize(int maxPageSize) {
      this.maxPageSize = maxPageSize;
      return this;
    }

    /** Items on a page when the query sets no limit; 50 by default. */
    public Builder defaultPageSize(int defaultPageSize) {
      this.defaultPageSize = defaultPageSize;
      return this;
    }

    /** Change sets that become durable in one transaction; 512 by default. */
    public Builder maxGroup(int maxGroup) {
      this.maxGroup = maxGroup;
      return this;
    }

    /**
     * Change sets that wait to be committed; 10,000 by default. A commit over this limit fails with
     * a {@link dev.waymark.core.error.StoreOverloadedException}.
     */
    public Builder maxWaiting(int maxWaiting) {
      this.maxWaiting = maxWaiting;
      return this;
    }

    /**
     * Approximate bytes of text and logs of the change sets that wait; 32 MiB by default. A single
     * change set may be larger when no other change set waits.
     */
    public Builder maxWaitingBytes(int maxWaitingBytes) {
      this.maxWaitingBytes = maxWaitingBytes;
      return this;
    }

    /**
     * Builds the limits.
     *
     * @throws InvalidInputException in the same cases as the constructor
     */
    public Limits build() {
      return new Limits(
          maxDefinitionBytes,
          maxDescriptionBytes,
          maxLabels,
          maxLabelValueBytes,
          maxInputBytes,
          maxErrorBytes,
          maxWorkerBytes,
          maxInfoBytes,
          maxOutputBytes,
          maxDetailBytes,
          maxLogBytes,
          maxLogChunkBytes,
          maxClaims,
          maxTaskRuns,
          maxAttempts,
          maxSignals,
          maxDepth,
          maxChanges,
          maxPageSize,
          defaultPageSize,
          maxGroup,
          maxWaiting,
          maxWaitingBytes);
    }
  }
}
