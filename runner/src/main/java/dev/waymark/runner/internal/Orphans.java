package dev.waymark.runner.internal;

import dev.waymark.runner.internal.ProcessGroups.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process group of an attempt whose worker died: a process outlives the worker that
 * started it, and must not go on beside the next attempt.
 *
 * <p>A process id alone says little, since ids are used again. The file that holds it was written
 * by the leader of the group itself, so whatever has the id now and began after the file was
 * written is another process; and after a restart of the system, which is the start of process 1,
 * nothing of the group is left.
 */
final class Orphans {
  private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);
  private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);
  private static final Duration KILL_PATIENCE = Duration.ofSeconds(5);
  private static final long CHECK_NANOS = 5_000_000;

  private final ProcessGroups groups;

  Orphans(ProcessGroups groups) {
    this.groups = groups;
  }

  /**
   * Ends the group that this file names and deletes the file. Where there is no file there is no
   * group.
   */
  void end(Path pidFile) {
    try {
      String text = Files.readString(pidFile).strip();
      Instant written = Files.getLastModifiedTime(pidFile).toInstant();
      if (text.matches("\\d{1,18}") && mayLive(Long.parseLong(text), written)) {
        kill(Long.parseLong(text));
      }
      Files.deleteIfExists(pidFile);
    } catch (NoSuchFileException e) {
      LOG.debug("no process group on record at {}", pidFile);
    } catch (IOException | RuntimeException e) {
      LOG.warn(
          "cannot end the process group on record at {}; what is left of it may still run",
          pidFile,
          e);
    }
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
      LockSupport.parkNanos(CHECK_NANOS);
    }
  }
}
