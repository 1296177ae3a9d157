package dev.waymark.cli.internal.output;

import dev.waymark.cli.internal.base.LocalZone;
import dev.waymark.cli.internal.output.View.Column;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.Signal;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.Transition;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ExecutionDetails.TaskRunDetails;
import dev.waymark.core.store.PoolUse;
import dev.waymark.core.store.WaitReason;
import dev.waymark.core.store.Waiting;
import dev.waymark.core.store.Worker;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Defines the fields of each record in JSON and YAML, and the columns in a table. The names of the
 * fields are part of the contract of the command line.
 */
public final class Views {
  private static final int NAMED_HOLDERS = 3;

  private final LocalZone zone;
  private final Instant now;

  /** Creates views whose tables show times in this zone, and durations up to this instant. */
  public Views(LocalZone zone, Instant now) {
    this.zone = zone;
    this.now = now;
  }

  /** The view of executions. */
  public View<Execution> executions() {
    return new View<>(
        "executions",
        Views::fields,
        List.of(
            Column.left("ID", e -> Cell.of(e.id())),
            Column.left("WORKFLOW", e -> Cell.of(e.workflowId())),
            Column.right("REV", e -> Cell.of(e.workflowRevision())),
            Column.left("STATE", e -> Cell.of(e.state())),
            Column.left("CREATED", e -> time(e.createdAt())),
            Column.right("DURATION", e -> span(e.startedAt(), e.endedAt()))));
  }

  /**
   * The view of task runs and why they wait; the table has that column only if one of them waits.
   */
  public View<TaskRun> taskRuns(Waiting waiting) {
    List<Column<TaskRun>> columns =
        new ArrayList<>(
            List.of(
                Column.left("TASK", t -> Cell.of(t.taskId())),
                Column.left("STATE", t -> Cell.of(t.state())),
                Column.right("ATTEMPTS", t -> Cell.of(t.lastAttempt())),
                Column.left("STARTED", t -> time(t.startedAt())),
                Column.right("DURATION", t -> span(t.startedAt(), t.endedAt())),
                Column.left("ID", t -> Cell.of(t.id()))));
    Map<TaskRunId, List<WaitReason>> reasons = reasons(waiting);
    if (!reasons.isEmpty()) {
      columns.add(
          Column.left(
              "WAITING", t -> Cell.of(WaitLines.inWords(reasons.getOrDefault(t.id(), List.of())))));
    }
    return new View<>("task runs", t -> fields(t, reasons), columns);
  }

  /** The view of the reasons why task runs wait. */
  public View<Waiting.Item> waiting() {
    return new View<>(
        "task runs",
        item -> new LinkedHashMap<>(),
        List.of(
            Column.left("TASK", t -> Cell.of(t.taskId())),
            Column.left("STATE", t -> Cell.of(t.state())),
            Column.left("WAITING", t -> Cell.of(WaitLines.inWords(t.reasons())))));
  }

  private static Map<TaskRunId, List<WaitReason>> reasons(Waiting waiting) {
    Map<TaskRunId, List<WaitReason>> reasons = new HashMap<>();
    waiting.taskRuns().forEach(each -> reasons.put(each.taskRunId(), each.reasons()));
    return reasons;
  }

  /** The view of task runs with the states of their attempts. */
  public View<TaskRunDetails> taskRunDetails() {
    return new View<>(
        "task runs",
        Views::fields,
        List.of(
            Column.left("TASK", t -> Cell.of(t.taskRun().taskId())),
            Column.left("STATE", t -> Cell.of(t.taskRun().state())),
            Column.left("STARTED", t -> time(t.taskRun().startedAt())),
            Column.right("DURATION", t -> span(t.taskRun().startedAt(), t.taskRun().endedAt())),
            Column.left("ATTEMPTS", t -> Cell.of(attemptsInWords(t.attempts())))));
  }

  /** The view of attempts. */
  public View<Attempt> attempts() {
    return new View<>(
        "attempts",
        Views::fields,
        List.of(
            Column.right("NUMBER", a -> Cell.of(a.number())),
            Column.left("STATE", a -> Cell.of(a.state())),
            Column.left("STARTED", a -> time(a.startedAt())),
            Column.right("DURATION", a -> span(a.startedAt(), a.endedAt())),
            Column.right("EXIT", a -> Cell.of(a.exitCode())),
            Column.left("WORKER", a -> Cell.of(a.worker())),
            Column.left("ERROR", a -> firstLine(a.error()))));
  }

  /**
   * The view of the transitions of an execution. Its table names records by their tasks instead of
   * their ids.
   */
  public View<Transition> history(ExecutionDetails details) {
    Map<String, String> tasks = new HashMap<>();
    details
        .taskRuns()
        .forEach(
            each -> tasks.put(each.taskRun().id().toString(), each.taskRun().taskId().value()));
    return new View<>(
        "transitions",
        Views::fields,
        List.of(
            Column.right("SEQ", t -> Cell.of(t.sequence())),
            Column.left("AT", t -> time(t.at())),
            Column.left("RECORD", t -> Cell.of(inWords(t.record(), tasks))),
            Column.left("FROM", t -> t.from() == null ? Cell.NONE : Cell.of(t.from())),
            Column.left("TO", t -> Cell.of(t.to()))));
  }

  /** The view of workflow revisions. */
  public View<Workflow> workflows() {
    return new View<>(
        "workflows",
        Views::fields,
        List.of(
            Column.left("ID", w -> Cell.of(w.id())),
            Column.right("REVISION", w -> Cell.of(w.revision())),
            Column.left("CREATED", w -> time(w.createdAt())),
            Column.left("LABELS", w -> Cell.of(inWords(w.labels()))),
            Column.left("DESCRIPTION", w -> firstLine(w.description()))));
  }

  /** The view of workers. */
  public View<Worker> workers() {
    return new View<>(
        "workers",
        Views::fields,
        List.of(
            Column.left("NAME", w -> Cell.of(w.name())),
            Column.left("STATE", w -> Cell.of(w.alive() ? "ALIVE" : "GONE")),
            Column.right("ATTEMPTS", w -> Cell.of(w.attempts())),
            Column.left("STARTED", w -> time(w.startedAt())),
            Column.left("LAST SEEN", w -> time(w.seenAt())),
            Column.left("INFO", w -> Cell.of(inWords(w.info())))));
  }

  /** The view of pools. */
  public View<PoolUse> pools() {
    return new View<>(
        "pools",
        Views::fields,
        List.of(
            Column.left("NAME", p -> Cell.of(p.pool().name())),
            Column.right("SLOTS", p -> Cell.of(p.pool().slots())),
            Column.right("RUNNING", p -> Cell.of(p.pool().running())),
            Column.right("READY", p -> Cell.of(p.pool().ready())),
            Column.right("WAITING", p -> Cell.of(p.waiting())),
            Column.right("WORKERS", p -> Cell.of(p.workers())),
            Column.left("HELD BY", p -> Cell.of(heldBy(p)))));
  }

  /** Names the first task runs that hold slots, and the number of the others. */
  private static String heldBy(PoolUse use) {
    String held =
        use.heldBy().stream()
            .limit(NAMED_HOLDERS)
            .map(each -> each.executionId() + "/" + each.taskId() + (each.alive() ? "" : " (dead)"))
            .collect(Collectors.joining(", "));
    int more = use.pool().running() - NAMED_HOLDERS;
    return held.isEmpty() ? "-" : held + (more > 0 ? " and " + more + " more" : "");
  }

  /** The view of an execution with all its records; it has no table. */
  public View<ExecutionDetails> executionDetails(
      Waiting waiting, List<Signal> signals, PayloadFields payloads, Family family) {
    return new View<>(
        "executions",
        details -> {
          Map<String, @Nullable Object> fields = fields(details, waiting, payloads);
          fields.put("signals", all(signals, each -> fields(each, payloads)));
          family.addTo(fields);
          return fields;
        },
        List.of());
  }

  /** The view of the children of an execution. */
  public View<Execution> children(Family family) {
    return new View<>(
        "children",
        Views::fields,
        List.of(
            Column.left("TASK", e -> Cell.of(family.taskOf(e))),
            Column.left("WORKFLOW", e -> Cell.of(e.workflowId())),
            Column.left("STATE", e -> Cell.of(e.state())),
            Column.left("CREATED", e -> time(e.createdAt())),
            Column.right("DURATION", e -> span(e.startedAt(), e.endedAt())),
            Column.left("ID", e -> Cell.of(e.id()))));
  }

  /** The view of the signals of an execution. */
  public View<Signal> signals(ExecutionDetails details, PayloadFields payloads) {
    Map<TaskRunId, String> tasks = new HashMap<>();
    details
        .taskRuns()
        .forEach(each -> tasks.put(each.taskRun().id(), each.taskRun().taskId().value()));
    return new View<>(
        "signals",
        signal -> fields(signal, payloads),
        List.of(
            Column.right("NUMBER", s -> Cell.of(s.number())),
            Column.left("NAME", s -> Cell.of(s.name())),
            Column.left("SENT", s -> Cell.of(Times.local(s.sentAt(), zone))),
            Column.left(
                "TASK", s -> Cell.of(s.taskRunId() == null ? "-" : tasks.get(s.taskRunId()))),
            Column.left("PAYLOAD", s -> Cell.of(inWords(s, payloads)))));
  }

  private static String inWords(Signal signal, PayloadFields payloads) {
    String words = payloads.inWords(PayloadRef.ofSignal(signal.executionId(), signal.number()));
    return words == null ? "-" : words;
  }

  private static Map<String, @Nullable Object> fields(Signal signal, PayloadFields payloads) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("number", signal.number());
    fields.put("name", signal.name());
    fields.put("key", signal.key());
    fields.put("sentAt", signal.sentAt());
    TaskRunId taskRun = signal.taskRunId();
    fields.put("taskRunId", taskRun == null ? null : taskRun.toString());
    fields.put("attempt", signal.attempt());
    payloads.add(fields, signal);
    return fields;
  }

  private static @Nullable String text(@Nullable ExecutionId id) {
    return id == null ? null : id.toString();
  }

  /** Returns the fields of a record, in order. */
  private static Map<String, @Nullable Object> fields(Execution e) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("id", e.id().toString());
    fields.put("workflowId", e.workflowId().value());
    fields.put("workflowRevision", e.workflowRevision());
    fields.put("state", e.state().name());
    fields.put("version", e.version());
    fields.put("labels", e.labels());
    fields.put("inputs", e.inputs());
    fields.put("createdAt", e.createdAt());
    fields.put("startedAt", e.startedAt());
    fields.put("endedAt", e.endedAt());
    fields.put("error", e.error());
    fields.put("parent", Family.fields(e.parent()));
    fields.put("continues", text(e.continues()));
    fields.put("continuedAs", text(e.continuedAs()));
    return fields;
  }

  private static Map<String, @Nullable Object> fields(
      ExecutionDetails details, Waiting waiting, PayloadFields payloads) {
    Map<TaskRunId, List<WaitReason>> reasons = reasons(waiting);
    Map<String, @Nullable Object> fields = fields(details.execution());
    ExecutionId id = details.execution().id();
    payloads.add(fields, PayloadRef.inputOf(id), PayloadRef.resultOf(id));
    fields.put("taskRuns", all(details.taskRuns(), each -> fields(each, reasons, payloads)));
    fields.put("history", all(details.history(), Views::fields));
    fields.put("waiting", WaitFields.of(waiting.reasons()));
    return fields;
  }

  private static Map<String, @Nullable Object> fields(
      TaskRunDetails details, Map<TaskRunId, List<WaitReason>> reasons, PayloadFields payloads) {
    TaskRunId id = details.taskRun().id();
    Map<String, @Nullable Object> fields = fields(details.taskRun());
    payloads.add(fields, PayloadRef.inputOf(id), PayloadRef.resultOf(id));
    fields.put("attempts", all(details.attempts(), each -> fields(each, payloads)));
    fields.put("waiting", WaitFields.of(reasons.getOrDefault(id, List.of())));
    return fields;
  }

  private static Map<String, @Nullable Object> fields(Attempt attempt, PayloadFields payloads) {
    Map<String, @Nullable Object> fields = fields(attempt);
    payloads.add(fields, attempt.id());
    return fields;
  }

  private static Map<String, @Nullable Object> fields(
      TaskRun taskRun, Map<TaskRunId, List<WaitReason>> reasons) {
    Map<String, @Nullable Object> fields = fields(taskRun);
    fields.put("waiting", WaitFields.of(reasons.getOrDefault(taskRun.id(), List.of())));
    return fields;
  }

  private static Map<String, @Nullable Object> fields(TaskRunDetails details) {
    Map<String, @Nullable Object> fields = fields(details.taskRun());
    fields.put("attempts", all(details.attempts(), Views::fields));
    return fields;
  }

  private static Map<String, @Nullable Object> fields(TaskRun t) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("id", t.id().toString());
    fields.put("executionId", t.executionId().toString());
    fields.put("taskId", t.taskId().value());
    fields.put("state", t.state().name());
    fields.put("version", t.version());
    fields.put("createdAt", t.createdAt());
    fields.put("startedAt", t.startedAt());
    fields.put("endedAt", t.endedAt());
    return fields;
  }

  private static Map<String, @Nullable Object> fields(Attempt a) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("number", a.number());
    fields.put("state", a.state().name());
    fields.put("worker", a.worker());
    fields.put("startedAt", a.startedAt());
    fields.put("endedAt", a.endedAt());
    fields.put("exitCode", a.exitCode());
    fields.put("error", a.error());
    return fields;
  }

  private static Map<String, @Nullable Object> fields(PoolUse use) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("name", use.pool().name());
    fields.put("slots", use.pool().slots());
    fields.put("running", use.pool().running());
    fields.put("ready", use.pool().ready());
    fields.put("waiting", use.waiting());
    fields.put("workers", use.workers());
    fields.put("heldBy", WaitFields.holders(use.heldBy()));
    return fields;
  }

  private static Map<String, @Nullable Object> fields(Worker w) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("name", w.name());
    fields.put("state", w.alive() ? "ALIVE" : "GONE");
    fields.put("attempts", w.attempts());
    fields.put("startedAt", w.startedAt());
    fields.put("seenAt", w.seenAt());
    fields.put("info", w.info());
    return fields;
  }

  private static Map<String, @Nullable Object> fields(Transition t) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("sequence", t.sequence());
    fields.put("kind", t.record().kind().name());
    fields.put("recordId", t.record().id());
    fields.put("from", t.from() == null ? null : t.from().name());
    fields.put("to", t.to().name());
    fields.put("at", t.at());
    return fields;
  }

  private static Map<String, @Nullable Object> fields(Workflow w) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("id", w.id().value());
    fields.put("revision", w.revision());
    fields.put("description", w.description());
    fields.put("labels", w.labels());
    fields.put("createdAt", w.createdAt());
    fields.put("definition", w.definition());
    return fields;
  }

  /** Returns the fields of each record of a list. */
  static <T> List<Map<String, @Nullable Object>> all(
      List<T> records, Function<T, Map<String, @Nullable Object>> fields) {
    List<Map<String, @Nullable Object>> all = new ArrayList<>(records.size());
    for (T item : records) {
      all.add(fields.apply(item));
    }
    return all;
  }

  private static String attemptsInWords(List<Attempt> attempts) {
    StringBuilder words = new StringBuilder();
    for (Attempt attempt : attempts) {
      words
          .append(words.isEmpty() ? "" : ", ")
          .append(attempt.number())
          .append(' ')
          .append(attempt.state());
    }
    return words.isEmpty() ? "-" : words.toString();
  }

  /** Formats names and values on one line; an empty map is a dash. */
  public static String inWords(Map<String, String> map) {
    StringBuilder words = new StringBuilder();
    map.forEach(
        (name, value) ->
            words.append(words.isEmpty() ? "" : ", ").append(name).append('=').append(value));
    return words.isEmpty() ? "-" : words.toString();
  }

  /** Returns {@code execution}, {@code task extract} or {@code attempt extract/2}. */
  private static String inWords(RecordRef ref, Map<String, String> tasks) {
    if (ref.kind() == RecordKind.EXECUTION) {
      return "execution";
    }
    int slash = ref.id().indexOf('/');
    String taskRun = slash < 0 ? ref.id() : ref.id().substring(0, slash);
    String task = tasks.getOrDefault(taskRun, taskRun);
    return slash < 0 ? "task " + task : "attempt " + task + ref.id().substring(slash);
  }

  private Cell time(@Nullable Instant time) {
    return Cell.of(Times.local(time, zone));
  }

  private Cell span(@Nullable Instant start, @Nullable Instant end) {
    return Cell.of(Times.span(start, end, now));
  }

  private static Cell firstLine(@Nullable String text) {
    return text == null ? Cell.NONE : Cell.of(Printable.firstLine(text));
  }
}
