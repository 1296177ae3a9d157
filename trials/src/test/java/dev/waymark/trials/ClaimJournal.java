package dev.waymark.trials;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.Claims.Claimed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one process was answered by a store, in a file that only grows. Each entry is written to the
 * file before the process acts on the answer, so it survives {@code kill -9}. Thread-safe.
 */
final class ClaimJournal implements AutoCloseable {
  private static final String CLAIMED = "claimed";
  private static final String ENDED = "ended";
  private static final String UNANSWERED = "unanswered";
  private static final String TAKEN = "taken";
  private static final String STOPPED = "stopped";

  private final FileChannel file;

  /** Begins a new file. */
  ClaimJournal(Path file) {
    try {
      this.file = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A claim has returned these task runs to a claimer. */
  void claimed(String worker, List<Claimed> claimed) {
    if (!claimed.isEmpty()) {
      append(
          claimed.stream()
              .map(each -> CLAIMED + " " + worker + " " + text(each.attempt().id()))
              .collect(Collectors.joining("\n")));
    }
  }

  /** A commit that ends this attempt was acknowledged. */
  void ended(AttemptId attempt) {
    append(ENDED + " " + text(attempt));
  }

  /** A claim has failed, and may have claimed task runs. */
  void unanswered(String worker) {
    append(UNANSWERED + " " + worker);
  }

  /** The store has refused an attempt although its lease cannot have expired. */
  void taken(AttemptId attempt) {
    append(TAKEN + " " + text(attempt));
  }

  /** Every thread of the process has ended normally. */
  void stopped() {
    append(STOPPED);
  }

  private static String text(AttemptId attempt) {
    return attempt.taskRunId() + " " + attempt.number();
  }

  /** One write for each entry: a reader sees it completely or, at the end of the file, partly. */
  private synchronized void append(String entry) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap((entry + "\n").getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        int unused = file.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A task run that was handed to a claimer.
   *
   * @param worker the name of the claimer
   * @param attempt the attempt that it received
   */
  record Handed(String worker, AttemptId attempt) {}

  /**
   * The entries of a journal.
   *
   * @param handed every task run that was handed out, in this order
   * @param ended every attempt whose end was acknowledged
   * @param unanswered the claimers one of whose claims has failed
   * @param taken every attempt that was refused before its lease expired
   * @param isStopped whether the process ended normally
   */
  record Entries(
      List<Handed> handed,
      List<AttemptId> ended,
      Set<String> unanswered,
      List<AttemptId> taken,
      boolean isStopped) {
    static Entries read(Path file) {
      Entries entries =
          new Entries(
              new ArrayList<>(), new ArrayList<>(), new HashSet<>(), new ArrayList<>(), false);
      String text;
      try {
        text = Files.readString(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      boolean isStopped = false;
      // An entry without its line end is one whose process was killed while it wrote it.
      for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
        isStopped |= line.equals(STOPPED);
        entries.add(line.split(" ", -1));
      }
      return new Entries(
          entries.handed, entries.ended, entries.unanswered, entries.taken, isStopped);
    }

    private void add(String[] words) {
      switch (words[0]) {
        case CLAIMED -> handed.add(new Handed(words[1], attempt(words[2], words[3])));
        case ENDED -> ended.add(attempt(words[1], words[2]));
        case UNANSWERED -> unanswered.add(words[1]);
        case TAKEN -> taken.add(attempt(words[1], words[2]));
        default -> {
          // The end of the process.
        }
      }
    }

    private static AttemptId attempt(String taskRun, String number) {
      return new AttemptId(TaskRunId.of(taskRun), Integer.parseInt(number));
    }
  }
}
