package dev.waymark.core.store;

import dev.waymark.core.conflict.LeaseLostException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.RecordRef;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The changes of logs.
 *
 * @since 0.1.0
 */
public sealed interface LogChange extends Change {

  /**
   * Appends output of a task to the log of an attempt. Refused with {@link LeaseLostException}
   * unless the attempt is the newest of its task run and RUNNING; put it before the end of the
   * attempt. An append at a position that already exists changes nothing, so a caller may repeat an
   * append with an unknown outcome.
   *
   * @param id the attempt
   * @param position number of bytes of the log before these bytes
   * @param bytes the bytes, at least one
   */
  @SuppressWarnings("ArrayRecordComponent") // a private copy, compared by content
  record Append(AttemptId id, long position, byte[] bytes) implements LogChange {
    /** Keeps a copy and checks the position. */
    public Append {
      Objects.requireNonNull(id, "attempt id");
      bytes = Checks.appended(id, position, bytes);
    }

    /** A copy of the bytes. */
    @Override
    public byte[] bytes() {
      return bytes.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Append append
          && id.equals(append.id)
          && position == append.position
          && Arrays.equals(bytes, append.bytes);
    }

    @Override
    public int hashCode() {
      return Objects.hash(id, position, Arrays.hashCode(bytes));
    }

    @Override
    public RecordRef target() {
      return RecordRef.of(id);
    }
  }

  /**
   * Deletes the logs of all attempts of an execution. The execution must have ended.
   *
   * @param id the execution
   */
  record Delete(ExecutionId id) implements LogChange {
    /** Rejects null. */
    public Delete {
      Objects.requireNonNull(id, "execution id");
    }

    @Override
    public RecordRef target() {
      return RecordRef.of(id);
    }
  }
}
