package dev.waymark.core.model;

import java.util.Locale;

/** The kinds of record that a store keeps. */
public enum RecordKind {
  /** A workflow with its revisions. */
  WORKFLOW,
  /** One run of one workflow revision. */
  EXECUTION,
  /** One task of an execution. */
  TASK_RUN,
  /** One try of a task run. */
  ATTEMPT,
  /** One who works on task runs. */
  WORKER,
  /** A part of what is ready, with a bound on how much of it runs at the same time. */
  POOL;

  /** The kind in words, for messages: {@code task run}. */
  public String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
