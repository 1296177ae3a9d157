package dev.waymark.core.internal.submit;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Labels;
import dev.waymark.core.internal.Text;
import dev.waymark.core.internal.Times;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.DeleteChange;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.LogChange;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.SignalChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A change set that has passed every check that needs no database, with everything that can be
 * computed from it in advance. It is created on the caller's own thread, so that the one thread
 * that commits a group has little work left.
 *
 * @param changes the change set
 * @param at the time that its records carry
 * @param prepared for each change the record that was prepared from it, or null
 * @param fingerprint of everything in the changes, to distinguish two change sets with one commit
 *     id
 * @param bytes the approximate number of bytes of text and logs in it
 */
public record Submission(
    ChangeSet changes,
    Instant at,
    List<@Nullable Prepared> prepared,
    long fingerprint,
    long bytes) {

  /** What is prepared from a change in advance: a record as it would be stored, with its hash. */
  public sealed interface Prepared {}

  /** A revision as it would be stored, except for its number. */
  public record PreparedWorkflow(Workflow workflow) implements Prepared {}

  /** An execution as it would be stored, except for the revision that it pins. */
  public record PreparedExecution(Execution execution, String requestHash) implements Prepared {}

  /** The hash of the name and the payload of a signal that has an idempotency key. */
  public record PreparedSignal(String hash) implements Prepared {}

  /**
   * Checks a change set against the limits.
   *
   * @throws InvalidInputException when something in it is over a limit or not well-formed
   */
  public static Submission of(ChangeSet changes, Instant now, Limits limits) {
    atMost(
        "changes in change set " + changes.id(),
        changes.changes().size(),
        limits.maxChanges(),
        "maxChanges");
    Instant at = Times.micros(now);
    List<@Nullable Prepared> prepared = new ArrayList<>(changes.changes().size());
    Sizes sizes = new Sizes(limits);
    Fingerprint fingerprint = new Fingerprint();
    for (Change change : changes.changes()) {
      sizes.handle(change);
      Prepared made = prepare(change, at);
      prepared.add(made);
      fingerprint.add(change, made);
    }
    return new Submission(changes, at, prepared, fingerprint.value(), sizes.bytes);
  }

  private static @Nullable Prepared prepare(Change change, Instant at) {
    if (change instanceof Change.SaveWorkflow save) {
      NewWorkflow w = save.workflow();
      return new PreparedWorkflow(
          new Workflow(
              w.id(), 1, w.description(), w.labels(), at, Digests.content(w), w.definition()));
    }
    if (change instanceof Change.CreateExecution create) {
      return prepare(create.execution(), at);
    }
    if (change instanceof Change.ContinueExecution continuation) {
      return prepare(continuation.next(), at);
    }
    if (change instanceof SignalChange.Send send && send.key() != null) {
      return new PreparedSignal(Digests.signal(send.name(), send.payload()));
    }
    return null;
  }

  private static PreparedExecution prepare(NewExecution e, Instant at) {
    int revision = e.workflowRevision() == null ? 0 : e.workflowRevision();
    return new PreparedExecution(
        new Execution(
            e.id(),
            e.workflowId(),
            revision,
            ExecutionState.PENDING,
            1,
            e.labels(),
            e.input(),
            at,
            null,
            null,
            null),
        Digests.request(e));
  }

  /** Checks the sizes of changes, by their kind, and adds them up. */
  private static final class Sizes implements ChangeVisitor {
    private final Limits limits;
    private long bytes;

    Sizes(Limits limits) {
      this.limits = limits;
    }

    @Override
    public void visit(Change.SaveWorkflow change) {
      bytes += check(change.workflow(), limits);
    }

    @Override
    public void visit(Change.CreateExecution change) {
      bytes += check(change.execution(), limits);
    }

    @Override
    public void visit(Change.UpdateExecution change) {
      bytes +=
          text(
              "error of " + change.target(),
              change.error(),
              limits.maxErrorBytes(),
              "maxErrorBytes");
    }

    @Override
    public void visit(Change.ContinueExecution change) {
      bytes += check(change.next(), limits);
    }

    @Override
    public void visit(Change.AdmitExecution change) {
      // This kind has no limits to check.
    }

    @Override
    public void visit(Change.CreateTaskRun change) {
      bytes += input(change.target().toString(), change.taskRun().input(), limits);
    }

    @Override
    public void visit(Change.UpdateTaskRun change) {
      // This kind has no limits to check.
    }

    @Override
    public void visit(Change.RecordAttempt change) {
      bytes +=
          text(
              "worker of " + change.target(),
              change.worker(),
              limits.maxWorkerBytes(),
              "maxWorkerBytes");
    }

    @Override
    public void visit(Change.UpdateAttempt change) {
      bytes +=
          text(
              "error of " + change.target(),
              change.error(),
              limits.maxErrorBytes(),
              "maxErrorBytes");
    }

    @Override
    public void visit(Change.LoseAttempt change) {
      bytes +=
          text(
              "error of " + change.target(),
              change.error(),
              limits.maxErrorBytes(),
              "maxErrorBytes");
    }

    @Override
    public void visit(Change.RenewLease change) {
      // This kind has no limits to check.
    }

    @Override
    public void visit(Change.ReadyTaskRun change) {
      // This kind has no limits to check.
    }

    @Override
    public void visit(Change.SettleExecution change) {
      // This kind has no limits to check.
    }

    @Override
    public void visit(Change.MarkDue change) {
      // This kind has no limits to check.
    }

    @Override
    public void visit(Change.ClearDue change) {
      // This kind has no limits to check.
    }

    @Override
    public void visit(Change.SetPayload change) {
      boolean isResult = change.ref().part() == PayloadRef.Part.RESULT;
      bytes +=
          isResult
              ? payload(
                  "result of " + change.target(),
                  change.payload(),
                  limits.maxOutputBytes(),
                  "maxOutputBytes")
              : payload(
                  "details of " + change.target(),
                  change.payload(),
                  limits.maxDetailBytes(),
                  "maxDetailBytes");
    }

    @Override
    public void visit(Change.SetLabels change) {
      bytes += labels(change.target().toString(), Labels.labels(change.set()), limits);
    }

    @Override
    public void visit(SignalChange.Send change) {
      String what = "payload of a signal to " + change.target();
      bytes += payload(what, change.payload(), limits.maxInputBytes(), "maxInputBytes");
    }

    @Override
    public void visit(SignalChange.Await change) {
      // This kind has no limits to check.
    }

    @Override
    public void visit(SignalChange.AwaitChild change) {
      // This kind has no limits to check.
    }

    @Override
    public void visit(LogChange.Append change) {
      bytes += check(change, limits);
    }

    @Override
    public void visit(LogChange.Delete change) {
      // This kind has no limits to check.
    }

    @Override
    public void visit(DeleteChange.DeleteExecution change) {
      // This kind has no limits to check.
    }

    @Override
    public void visit(DeleteChange.DeleteWorkflow change) {
      // This kind has no limits to check.
    }

    @Override
    public void visit(Change.KeepWorker change) {
      long size = bytes(change.info());
      atMost(
          "bytes of the info of " + change.target(), size, limits.maxInfoBytes(), "maxInfoBytes");
      bytes += size + worker(change.name(), limits);
    }

    @Override
    public void visit(Change.RetireWorker change) {
      bytes += worker(change.name(), limits);
    }

    @Override
    public void visit(Change.SetPool change) {
      // This kind has no limits to check.
    }
  }

  private static long worker(String name, Limits limits) {
    return text("name of a worker", name, limits.maxWorkerBytes(), "maxWorkerBytes");
  }

  private static long check(LogChange.Append append, Limits limits) {
    int length = append.bytes().length;
    String log = "the log of " + append.target();
    atMost("bytes appended to " + log, length, limits.maxLogChunkBytes(), "maxLogChunkBytes");
    // The position may be close to the largest number.
    long end =
        append.position() > Long.MAX_VALUE - length ? Long.MAX_VALUE : append.position() + length;
    atMost("bytes of " + log, end, limits.maxLogBytes(), "maxLogBytes");
    return length;
  }

  private static long bytes(Map<String, String> texts) {
    long bytes = 0;
    for (Map.Entry<String, String> text : texts.entrySet()) {
      bytes += Text.utf8Bytes(text.getKey()) + (long) Text.utf8Bytes(text.getValue());
    }
    return bytes;
  }

  private static long check(NewWorkflow workflow, Limits limits) {
    String what = "workflow " + workflow.id();
    return text(
            "definition of " + what,
            workflow.definition(),
            limits.maxDefinitionBytes(),
            "maxDefinitionBytes")
        + text(
            "description of " + what,
            workflow.description(),
            limits.maxDescriptionBytes(),
            "maxDescriptionBytes")
        + labels(what, workflow.labels(), limits);
  }

  private static long check(NewExecution execution, Limits limits) {
    String what = "execution " + execution.id();
    Integer revision = execution.workflowRevision();
    if (revision != null && revision < 1) {
      throw new InvalidInputException(
          "revision " + revision + " of " + what + " is not valid; revisions are numbered from 1");
    }
    return input(what, execution.input(), limits) + labels(what, execution.labels(), limits);
  }

  private static long input(String what, @Nullable Payload input, Limits limits) {
    return payload("input of " + what, input, limits.maxInputBytes(), "maxInputBytes");
  }

  private static long payload(String what, @Nullable Payload payload, int limit, String limitName) {
    if (payload == null) {
      return 0;
    }
    Map<String, String> texts = Digests.plainTexts(payload);
    long size = texts == null ? payload.size() : bytes(texts);
    atMost("bytes of the " + what, size, limit, limitName);
    return size;
  }

  private static long labels(String what, Map<String, String> labels, Limits limits) {
    atMost("labels of " + what, labels.size(), limits.maxLabels(), "maxLabels");
    long bytes = 0;
    for (Map.Entry<String, String> label : labels.entrySet()) {
      String name = "label " + Text.quote(label.getKey()) + " of " + what;
      bytes += text(name, label.getValue(), limits.maxLabelValueBytes(), "maxLabelValueBytes");
    }
    return bytes;
  }

  private static long text(String what, @Nullable String text, int limit, String limitName) {
    if (text == null) {
      return 0;
    }
    int bytes = Text.utf8Bytes(text);
    atMost("bytes of the " + what, bytes, limit, limitName);
    return bytes;
  }

  private static void atMost(String what, long found, long limit, String limitName) {
    if (found > limit) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%,d %s are over the limit %s of %,d; send less, or raise the limit when opening the store",
              found,
              what,
              limitName,
              limit));
    }
  }
}
