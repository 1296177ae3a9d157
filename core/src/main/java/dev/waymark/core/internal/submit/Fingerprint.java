package dev.waymark.core.internal.submit;

import dev.waymark.core.internal.Text;
import dev.waymark.core.internal.submit.Submission.Prepared;
import dev.waymark.core.internal.submit.Submission.PreparedExecution;
import dev.waymark.core.internal.submit.Submission.PreparedWorkflow;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.DeleteChange;
import dev.waymark.core.store.LogChange;
import dev.waymark.core.store.SignalChange;
import dev.waymark.core.store.Standing;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * CRC-32C over everything in a change set, the same on every machine. Each part follows its length,
 * and null differs from the text {@code null}. So different change sets never have the same input
 * for the checksum.
 */
final class Fingerprint {
  private final CRC32C sum = new CRC32C();

  long value() {
    return sum.getValue();
  }

  void add(Change change, @Nullable Prepared prepared) {
    part(change.target().id());
    new Parts(prepared).handle(change);
  }

  /** Adds the parts of a change, by its kind. */
  private final class Parts implements ChangeVisitor {
    private final @Nullable Prepared prepared;

    Parts(@Nullable Prepared prepared) {
      this.prepared = prepared;
    }

    @Override
    public void visit(Change.SaveWorkflow change) {
      part("save workflow");
      part(((PreparedWorkflow) Objects.requireNonNull(prepared)).workflow().contentHash());
    }

    @Override
    public void visit(Change.CreateExecution change) {
      part("create execution");
      part(((PreparedExecution) Objects.requireNonNull(prepared)).requestHash());
    }

    @Override
    public void visit(Change.UpdateExecution change) {
      part("change execution").part(change.to());
      part(change.expectedVersion()).part(change.error());
    }

    @Override
    public void visit(Change.ContinueExecution change) {
      part("continue execution").part(change.next().id());
      part(((PreparedExecution) Objects.requireNonNull(prepared)).requestHash());
    }

    @Override
    public void visit(Change.AdmitExecution change) {
      part("change execution").part(change.workflow()).part(change.most());
      if (change.from() != ExecutionState.PENDING) {
        part(change.from());
      }
    }

    @Override
    public void visit(Change.CreateTaskRun change) {
      part("change task run").part(change.taskRun().executionId()).part(change.taskRun().taskId());
      Payload input = change.taskRun().input();
      if (input != null) {
        part(input.mediaType()).bytes(input.bytes());
      }
    }

    @Override
    public void visit(Change.UpdateTaskRun change) {
      part("change task run").part(change.to());
      part(change.expectedVersion()).part(change.fence());
    }

    @Override
    public void visit(Change.RecordAttempt change) {
      part("change attempt").part(change.worker());
      if (change.lease() != null) {
        part(change.lease());
      }
    }

    @Override
    public void visit(Change.UpdateAttempt change) {
      part("change attempt").part(change.to()).part(change.exitCode()).part(change.error());
    }

    @Override
    public void visit(Change.LoseAttempt change) {
      part("change attempt").part(change.error());
    }

    @Override
    public void visit(Change.RenewLease change) {
      part(change.ifLive() ? "change lease if live" : "change lease").part(change.lease());
    }

    @Override
    public void visit(Change.ReadyTaskRun change) {
      part("change task run").part(change.expectedVersion());
      part(change.pool()).part(change.priority()).part(change.delay());
    }

    @Override
    public void visit(Change.SettleExecution change) {
      Standing standing = change.standing();
      part("change execution").part(standing.version()).part(standing.state());
      part(standing.unfinished()).part(standing.ended());
    }

    @Override
    public void visit(Change.MarkDue change) {
      part("mark change").part(change.reason()).part(change.delay());
    }

    @Override
    public void visit(Change.ClearDue change) {
      part("clear change").part(change.reason());
    }

    /** A map of texts has the same parts as in earlier versions of the store. */
    @Override
    public void visit(Change.SetPayload change) {
      Payload payload = change.payload();
      Map<String, String> texts = Digests.plainTexts(payload);
      if (change.ref() instanceof PayloadRef.OfTaskRun && texts != null) {
        part("change outputs").part(change.fence()).part(texts.size());
        texts.forEach((name, value) -> part(name).part(value));
      } else {
        part("set payload").part(change.ref().part()).part(change.fence());
        part(payload.mediaType()).bytes(payload.bytes());
      }
    }

    @Override
    public void visit(Change.SetLabels change) {
      part("set labels").part(change.set().size());
      change.set().forEach((name, value) -> part(name).part(value));
      change.removed().forEach(name -> part(name));
    }

    @Override
    public void visit(SignalChange.Send change) {
      part("send signal").part(change.name()).part(change.key());
      Payload payload = change.payload();
      if (payload != null) {
        part(payload.mediaType()).bytes(payload.bytes());
      }
    }

    @Override
    public void visit(SignalChange.Await change) {
      part("await signal").part(change.name()).part(change.fence());
      part(change.pool()).part(change.priority()).part(change.timeout());
    }

    @Override
    public void visit(SignalChange.AwaitChild change) {
      part("await child").part(change.child()).part(change.fence());
      part(change.pool()).part(change.priority()).part(change.timeout());
    }

    @Override
    public void visit(LogChange.Append change) {
      part("change log").part(change.position()).bytes(change.bytes());
    }

    @Override
    public void visit(LogChange.Delete change) {
      part("delete logs");
    }

    @Override
    public void visit(DeleteChange.DeleteExecution change) {
      part("delete execution");
    }

    @Override
    public void visit(DeleteChange.DeleteWorkflow change) {
      part("delete workflow");
    }

    @Override
    public void visit(Change.KeepWorker change) {
      part("change worker").part(change.life()).part(change.lease()).part(change.info().size());
      change.info().forEach((name, value) -> part(name).part(value));
    }

    @Override
    public void visit(Change.RetireWorker change) {
      part("change worker").part(change.life());
    }

    @Override
    public void visit(Change.SetPool change) {
      part("change pool").part(change.slots());
    }
  }

  private Fingerprint part(@Nullable Object value) {
    if (value != null) {
      return bytes(Text.utf8(value.toString()));
    }
    length(-1);
    return this;
  }

  private Fingerprint bytes(byte[] bytes) {
    length(bytes.length);
    sum.update(bytes);
    return this;
  }

  private void length(int length) {
    sum.update(ByteBuffer.allocate(Integer.BYTES).putInt(length).array());
  }
}
