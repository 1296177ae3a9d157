package dev.waymark.bench.pages;

import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Order;

/**
 * A list of executions to read, the newest first.
 *
 * @param title its name in reports
 * @param condition of plain SQL, or empty
 * @param state only this state, or every state when empty
 * @param workflow only this workflow, or every workflow when empty
 */
record Listing(String title, String condition, String state, String workflow) {
  static final int LIMIT = 50;

  static Listing all() {
    return new Listing("all", "", "", "");
  }

  static Listing failed() {
    return new Listing("FAILED", " WHERE state = 'FAILED'", "FAILED", "");
  }

  static Listing busiest() {
    String workflow = Sample.WORKFLOWS.get(0);
    return new Listing("one workflow", " WHERE workflow_id = '" + workflow + "'", "", workflow);
  }

  /** The same list as a query of the public API. */
  ExecutionQuery.Builder query() {
    ExecutionQuery.Builder query = ExecutionQuery.builder().order(Order.NEWEST).limit(LIMIT);
    if (!state.isEmpty()) {
      query.states(ExecutionState.valueOf(state));
    }
    if (!workflow.isEmpty()) {
      query.workflow(new WorkflowId(workflow));
    }
    return query;
  }
}
