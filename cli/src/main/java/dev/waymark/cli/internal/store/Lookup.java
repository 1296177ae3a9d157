package dev.waymark.cli.internal.store;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.output.Nearest;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.StateStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds a record by its id or by a unique prefix of its id. */
public final class Lookup {
  private static final int SHOWN = 10;
  private static final int SUGGESTED_FROM = 1_000;
  private static final int UUID_LENGTH = 36;

  private final StateStore store;

  /** Creates a lookup in this store. */
  public Lookup(StateStore store) {
    this.store = store;
  }

  /** Returns the execution whose id is, or starts with, {@code text}. */
  public ExecutionId execution(String text) {
    return ExecutionId.of(uuid(RecordKind.EXECUTION, text, "waymark executions list"));
  }

  /**
   * Returns the task run whose id is, or starts with, {@code text}, or that {@code text} names as
   * {@code EXECUTION/TASK}.
   */
  public TaskRunId taskRun(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return TaskRunId.of(uuid(RecordKind.TASK_RUN, text, "waymark task-runs list EXECUTION"));
    }
    ExecutionId execution = execution(text.substring(0, slash));
    return taskRun(execution, text.substring(slash + 1)).id();
  }

  /** Returns the task run of a task of an execution. */
  public TaskRun taskRun(ExecutionId execution, String task) {
    List<TaskRun> taskRuns = store.taskRuns(execution);
    for (TaskRun taskRun : taskRuns) {
      if (taskRun.taskId().value().equals(task)) {
        return taskRun;
      }
    }
    List<String> tasks = taskRuns.stream().map(taskRun -> taskRun.taskId().value()).toList();
    String otherwise =
        tasks.isEmpty()
            ? "; it has no task runs yet"
            : "; its tasks: " + String.join(", ", tasks.subList(0, Math.min(SHOWN, tasks.size())));
    throw CliException.notFound(
        "execution "
            + execution
            + " has no task "
            + Nearest.quote(task)
            + Nearest.hint(task, tasks, otherwise));
  }

  /** Returns the workflow whose id is, or starts with, {@code text}. */
  public WorkflowId workflow(String text) {
    WorkflowId id = workflowIdOrNull(text);
    if (id == null) {
      throw noWorkflow(text);
    }
    if (store.workflow(id) != null) {
      return id;
    }
    String found = only(RecordKind.WORKFLOW, text);
    if (found == null) {
      throw noWorkflow(text);
    }
    return new WorkflowId(found);
  }

  private static @Nullable WorkflowId workflowIdOrNull(String text) {
    try {
      return new WorkflowId(text);
    } catch (InvalidInputException e) {
      // No workflow can have such an id.
      return null;
    }
  }

  private CliException noWorkflow(String text) {
    List<String> known =
        store.idsStartingWith(
            RecordKind.WORKFLOW, "", Math.min(SUGGESTED_FROM, store.limits().maxPageSize()));
    return CliException.notFound(
        "workflow "
            + Nearest.quote(text)
            + " does not exist"
            + Nearest.hint(text, known, "; see waymark workflows list"));
  }

  private String uuid(RecordKind kind, String text, String list) {
    String found = looksLikeBeginning(text) ? only(kind, text) : null;
    if (found == null) {
      String what = text.length() == UUID_LENGTH ? " has id " : " has an id that starts with ";
      throw CliException.notFound(
          "no " + kind.words() + what + Nearest.quote(text) + "; see " + list);
    }
    return found;
  }

  private static boolean looksLikeBeginning(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c != '-' && Character.digit(c, 16) < 0) || c > 'f') {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= UUID_LENGTH;
  }

  /** Returns the only id that starts with {@code prefix}, or null if there is none. */
  private @Nullable String only(RecordKind kind, String prefix) {
    int most = Math.min(SHOWN + 1, store.limits().maxPageSize());
    if (most < 2 && prefix.length() < UUID_LENGTH) {
      throw CliException.usage(
          "cannot check whether the prefix "
              + Nearest.quote(prefix)
              + " is unique, because max-page-size is 1; give the full id");
    }
    List<String> ids = store.idsStartingWith(kind, prefix, most);
    if (ids.size() < 2) {
      return ids.isEmpty() ? null : ids.get(0);
    }
    StringBuilder message =
        new StringBuilder("prefix ")
            .append(Nearest.quote(prefix))
            .append(" matches several ")
            .append(kind.words())
            .append(" ids; give a longer prefix:");
    for (String id : ids.subList(0, Math.min(most - 1, ids.size()))) {
      message.append("\n  ").append(id);
    }
    throw CliException.notFound(message.append(ids.size() == most ? "\n  …" : "").toString());
  }
}
