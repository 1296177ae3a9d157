package dev.waymark.runner.internal;

import dev.waymark.core.internal.Backoff;
import dev.waymark.runner.internal.ProcessGroups.Signal;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process group of an attempt whose worker died: a process outlives the worker that
 * started it, and must not go on beside the next attempt.
 *
 * <p>A process id alone says little, since ids are used again. On Linux a group is ended only when
 * a member of it has the attempt in its environment. Elsewhere the file that holds the id tells: it
 * was written by the leader of the group itself, so whatever has the id now and began after the
 * file was written is another process; and after a restart of the system, which is the start of
 * process 1, nothing of the group is left.
 *
 * <p>The shell of an attempt may yet be about to begin. It runs its script only if it creates the
 * file, so where there is none this creates it.
 */
final class Orphans {
  private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);
  private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);
  private static final Duration KILL_PATIENCE = Duration.ofSeconds(5);
  private static final long CHECK_MILLIS = 5;
  private static final Duration WRITE_PATIENCE = Duration.ofMillis(500);

  /** What is in a file that no shell has written. */
  private static final String NOBODY = "none";

  private final ProcessGroups groups;

  Orphans(ProcessGroups groups) {
    this.groups = groups;
  }

  /**
   * Ends the group that this file names and deletes the file. Where there is no file there is no
   * group, and will be none.
   *
   * @param environment what every process of the attempt has in its environment
   */
  void end(Path pidFile, Map<String, String> environment) {
    try {
      String text = claim(pidFile);
      if (text.matches("\\d{1,18}")) {
        long pid = Long.parseLong(text);
        if (isOfAttempt(pid, pidFile, environment)) {
          kill(pid);
        }
        Files.deleteIfExists(pidFile);
      }
    } catch (NoSuchFileException e) {
      // The worker makes the directory before it starts the shell.
      LOG.debug("no process group on record at {}", pidFile);
    } catch (IOException | RuntimeException e) {
      LOG.warn(
          "cannot end the process group on record at {}; what is left of it may still run",
          pidFile,
          e);
    }
  }

  /** Creates the file, or reads what its creator, who may be about to, writes into it. */
  private static String claim(Path pidFile) throws IOException {
    try {
      Files.writeString(
          pidFile, NOBODY + "\n", StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      return NOBODY;
    } catch (FileAlreadyExistsException e) {
      long begin = System.nanoTime();
      String text = Files.readString(pidFile).strip();
      while (text.isEmpty() && System.nanoTime() - begin < WRITE_PATIENCE.toNanos()) {
        Backoff.sleep(CHECK_MILLIS, TimeUnit.MILLISECONDS);
        text = Files.readString(pidFile).strip();
      }
      return text;
    }
  }

  private boolean isOfAttempt(long pid, Path pidFile, Map<String, String> environment)
      throws IOException {
    return ProcStat.supported()
        ? groups.hasMember(pid, environment)
        : mayLive(pid, Files.getLastModifiedTime(pidFile).toInstant());
  }

  private static boolean mayLive(long pid, Instant written) {
    boolean restartedSince = start(1).filter(boot -> isAfter(boot, written)).isPresent();
    boolean takenSince = start(pid).filter(start -> isAfter(start, written)).isPresent();
    return !restartedSince && !takenSince;
  }

  private static Optional<Instant> start(long pid) {
    return ProcessHandle.of(pid).flatMap(process -> process.info().startInstant());
  }

  private static boolean isAfter(Instant start, Instant written) {
    return start.isAfter(written.plus(CLOCK_TOLERANCE));
  }

  private void kill(long group) {
    long begin = System.nanoTime();
    while (groups.alive(group)) {
      groups.signal(group, Signal.KILL);
      if (System.nanoTime() - begin > KILL_PATIENCE.toNanos()) {
        LOG.warn(
            "process group {} is still there after SIGKILL; going on without waiting for it",
            group);
        return;
      }
      Backoff.sleep(CHECK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }
}
