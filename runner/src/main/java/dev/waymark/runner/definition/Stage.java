package dev.waymark.runner.definition;

/**
 * The part of an execution in which a task runs. The stages run in this order. Each one begins when
 * all tasks of the stages before it have ended.
 *
 * @since 0.1.0
 */
public enum Stage {
  /** The main tasks of the workflow. */
  MAIN("tasks"),
  /** Runs only if at least one task of {@link #MAIN} has failed. */
  ON_FAILURE("on-failure"),
  /**
   * Runs however the earlier stages ended, also after a cancellation of an execution that has
   * begun.
   */
  FINALLY("finally");

  private final String key;

  Stage(String key) {
    this.key = key;
  }

  /** The key of a workflow file that contains the tasks of this stage. */
  public String key() {
    return key;
  }
}
