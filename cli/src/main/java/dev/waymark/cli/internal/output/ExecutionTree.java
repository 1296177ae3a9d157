package dev.waymark.cli.internal.output;

import dev.waymark.core.model.Execution;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.store.StateStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An execution with its descendants, down to a depth and up to a number.
 *
 * @param execution the execution
 * @param task the task that started it, or null at the root
 * @param children its children, oldest first, possibly not all
 * @param childrenTotal the number of its children
 */
public record ExecutionTree(
    Execution execution, @Nullable String task, List<ExecutionTree> children, long childrenTotal) {

  /**
   * Reads a tree. What is read of a parent with many children leaves less for those after it.
   *
   * @param depth the number of levels below the root
   * @param limit the maximum number of executions, with the root
   */
  public static ExecutionTree read(StateStore store, Execution root, int depth, int limit) {
    return new Reader(store, limit - 1).read(root, null, depth);
  }

  private static final class Reader {
    private final StateStore store;
    private int left;

    Reader(StateStore store, int left) {
      this.store = store;
      this.left = left;
    }

    ExecutionTree read(Execution execution, @Nullable String task, int depth) {
      int limit = Math.min(Math.max(1, left), store.limits().maxPageSize());
      Page<Execution> found =
          store.executions(ExecutionQuery.builder().parent(execution.id()).limit(limit).build());
      if (depth == 0 || left == 0 || found.items().isEmpty()) {
        return new ExecutionTree(execution, task, List.of(), found.total());
      }
      Family family = new Family(null, null, found, Family.tasks(store, execution.id()));
      left -= found.items().size();
      List<ExecutionTree> children = new ArrayList<>();
      for (Execution child : found.items()) {
        children.add(read(child, family.taskOf(child), depth - 1));
      }
      return new ExecutionTree(execution, task, children, found.total());
    }
  }

  /** The fields of the tree, which are the same in JSON and YAML. */
  public Map<String, @Nullable Object> fields() {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("id", execution.id().toString());
    fields.put("workflowId", execution.workflowId().value());
    fields.put("state", execution.state().name());
    fields.put("taskId", task);
    fields.put("children", Views.all(children, ExecutionTree::fields));
    fields.put("childrenTotal", childrenTotal);
    return fields;
  }

  /** Prints the tree, one line for each execution. */
  public void print(Output out, Paint paint) {
    print(out, paint, "", "");
  }

  private void print(Output out, Paint paint, String first, String others) {
    String by = task == null ? "" : Printable.line(task) + ": ";
    out.println(
        paint.dim(first)
            + by
            + execution.id()
            + " "
            + Printable.line(execution.workflowId().value())
            + " "
            + paint.state(execution.state(), execution.state().name()));
    long more = childrenTotal - children.size();
    for (int i = 0; i < children.size(); i++) {
      boolean isLast = more == 0 && i == children.size() - 1;
      children
          .get(i)
          .print(out, paint, others + (isLast ? "└─ " : "├─ "), others + (isLast ? "   " : "│  "));
    }
    if (more > 0) {
      String what = children.isEmpty() ? "child" : "more child";
      String noun = more == 1 ? what : what + "ren";
      out.println(paint.dim(others + "└─ " + Numbers.grouped(more) + " " + noun + " not shown"));
    }
  }
}
