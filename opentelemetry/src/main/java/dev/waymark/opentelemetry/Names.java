package dev.waymark.opentelemetry;

import io.opentelemetry.api.common.AttributeKey;

/** The attributes of the spans; docs/observability.md describes them. */
final class Names {
  static final AttributeKey<String> WORKFLOW = AttributeKey.stringKey("waymark.workflow.id");
  static final AttributeKey<Long> REVISION = AttributeKey.longKey("waymark.workflow.revision");
  static final AttributeKey<String> EXECUTION = AttributeKey.stringKey("waymark.execution.id");
  static final AttributeKey<String> EXECUTION_STATE =
      AttributeKey.stringKey("waymark.execution.state");
  static final AttributeKey<String> TASK = AttributeKey.stringKey("waymark.task.id");
  static final AttributeKey<String> TASK_RUN = AttributeKey.stringKey("waymark.task_run.id");
  static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("waymark.attempt.number");
  static final AttributeKey<String> ATTEMPT_STATE = AttributeKey.stringKey("waymark.attempt.state");
  static final AttributeKey<String> WORKER = AttributeKey.stringKey("waymark.worker");
  static final AttributeKey<Long> CHANGE_SETS = AttributeKey.longKey("waymark.commit.change_sets");
  static final AttributeKey<Long> REFUSED = AttributeKey.longKey("waymark.commit.refused");
  static final AttributeKey<Long> TASK_RUNS = AttributeKey.longKey("waymark.claim.task_runs");
  static final AttributeKey<Long> EXIT_CODE = AttributeKey.longKey("process.exit.code");
  static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

  private Names() {}
}
