package dev.waymark.core.model;

import java.util.Locale;

/**
 * The kinds of records that a store keeps.
 *
 * @since 0.1.0
 */
public enum RecordKind {
  /** A workflow with its revisions. */
  WORKFLOW,
  /** One run of one workflow revision. */
  EXECUTION,
  /** One task of an execution. */
  TASK_RUN,
  /** One try of a task run. */
  ATTEMPT,
  /** A process that claims and runs task runs. */
  WORKER,
  /** A named group of task runs with an optional limit on how many run at the same time. */
  POOL;

  /** The kind in words, for messages: {@code task run}. */
  public String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
