package dev.waymark.core.internal.decide;

import dev.waymark.core.internal.Text;
import dev.waymark.core.internal.decide.Submission.Prepared;
import dev.waymark.core.internal.decide.Submission.PreparedExecution;
import dev.waymark.core.internal.decide.Submission.PreparedWorkflow;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.Standing;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * CRC-32C over everything in a change set, the same on every machine. Every part is preceded by its
 * length and nothing differs from the text {@code null}, so that different change sets never read
 * the same.
 */
final class Fingerprint {
  private final CRC32C sum = new CRC32C();

  long value() {
    return sum.getValue();
  }

  void add(Change change, @Nullable Prepared prepared) {
    part(change.target().id());
    if (prepared instanceof PreparedWorkflow workflow) {
      part("save workflow").part(workflow.workflow().contentHash());
    } else if (prepared instanceof PreparedExecution execution) {
      part("create execution").part(execution.requestHash());
    } else if (change instanceof Change.UpdateExecution update) {
      part("update execution").part(update.to());
      part(update.expectedVersion()).part(update.error());
    } else if (change instanceof Change.CreateTaskRun create) {
      part("create task run").part(create.taskRun().executionId()).part(create.taskRun().taskId());
    } else if (change instanceof Change.UpdateTaskRun update) {
      part("update task run").part(update.to());
      part(update.expectedVersion()).part(update.fence());
    } else if (change instanceof Change.RecordAttempt record) {
      part("record attempt").part(record.worker());
      if (record.lease() != null) {
        part(record.lease());
      }
    } else if (change instanceof Change.UpdateAttempt update) {
      part("update attempt").part(update.to()).part(update.exitCode()).part(update.error());
    } else {
      addOther(change);
    }
  }

  private void addOther(Change change) {
    if (change instanceof Change.LoseAttempt lose) {
      part("lose attempt").part(lose.error());
    } else if (change instanceof Change.RenewLease renew) {
      part(renew.ifLive() ? "renew lease if live" : "renew lease").part(renew.lease());
    } else if (change instanceof Change.ReadyTaskRun ready) {
      part("ready task run").part(ready.expectedVersion());
      part(ready.pool()).part(ready.priority()).part(ready.delay());
    } else if (change instanceof Change.SettleExecution settle) {
      Standing standing = settle.standing();
      part("settle execution").part(standing.version()).part(standing.state());
      part(standing.unfinished()).part(standing.ended());
    } else if (change instanceof Change.MarkDue due) {
      part("mark due").part(due.reason()).part(due.delay());
    } else if (change instanceof Change.ClearDue due) {
      part("clear due").part(due.reason());
    } else if (change instanceof Change.SetOutputs set) {
      part("set outputs").part(set.fence()).part(set.outputs().size());
      set.outputs().forEach((name, value) -> part(name).part(value));
    } else if (change instanceof Change.AppendLog append) {
      part("append log").part(append.position()).bytes(append.bytes());
    } else if (change instanceof Change.DeleteLogs) {
      part("delete logs");
    } else if (change instanceof Change.AdmitExecution admit) {
      part("admit execution").part(admit.workflow()).part(admit.most());
    } else if (change instanceof Change.KeepWorker keep) {
      part("keep worker").part(keep.life()).part(keep.lease()).part(keep.info().size());
      keep.info().forEach((name, value) -> part(name).part(value));
    } else if (change instanceof Change.RetireWorker retire) {
      part("retire worker").part(retire.life());
    } else if (change instanceof Change.SetPool set) {
      part("set pool").part(set.slots());
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
