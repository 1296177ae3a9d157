package dev.waymark.runner.definition;

/**
 * When in the course of an execution a task has its turn. The stages follow one another in this
 * order, and each begins when all tasks of those before it have ended.
 */
public enum Stage {
  /** What the workflow is for. */
  MAIN("tasks"),
  /** Only after at least one task of {@link #MAIN} has failed. */
  ON_FAILURE("on-failure"),
  /** Whatever came of the others, unless the execution is cancelled. */
  FINALLY("finally");

  private final String key;

  Stage(String key) {
    this.key = key;
  }

  /** The key of a workflow file under which the tasks of this stage stand. */
  public String key() {
    return key;
  }
}
