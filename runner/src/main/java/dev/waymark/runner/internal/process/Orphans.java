package dev.waymark.runner.internal.process;

import dev.waymark.core.internal.Backoff;
import dev.waymark.runner.internal.process.ProcessGroups.Delivery;
import dev.waymark.runner.internal.process.ProcessGroups.Signal;
import dev.waymark.worker.internal.lease.ProcStat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process group of an attempt whose worker died. A process outlives the worker that
 * started it, and must not run at the same time as the next attempt.
 *
 * <p>A process id alone does not identify a process, because ids are reused. On Linux a group is
 * ended only when a member of it has the attempt in its environment. On other systems the time of
 * the pid file decides. The leader of the group wrote the file itself, so a process that has the id
 * now and began after the file was written is another process. After a restart of the system, which
 * is the start of process 1, nothing of the group is left.
 *
 * <p>The shell of an attempt may be about to begin. It runs its script only if it creates the pid
 * file. So if there is no file, this class creates it.
 */
public final class Orphans {
  private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);
  private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);
  private static final Duration KILL_LIMIT = Duration.ofSeconds(5);
  private static final long CHECK_MILLIS = 5;
  private static final long LAST_CHECK_MILLIS = 500;

  /** More than the digits of a process id. */
  private static final int MAX_BYTES = 64;

  private static final Duration WRITE_RETRY_LIMIT = Duration.ofMillis(500);

  /** The content of a file that no shell has written. */
  private static final String NOBODY = "none";

  private final ProcessGroups groups;

  public Orphans(ProcessGroups groups) {
    this.groups = groups;
  }

  /**
   * Ends the group that this file names and deletes the file. If there is no file, there is no
   * group, and there will be none. If the content is not usable, because it was overwritten, Linux
   * can still find the groups that belong to the attempt.
   *
   * @param environment the variables in the environment of every process of the attempt
   */
  public void end(Path pidFile, Map<String, String> environment) {
    try {
      String text = claim(pidFile);
      if (text.equals(NOBODY)) {
        return;
      }
      for (long group : groups(text, pidFile, environment)) {
        kill(group);
      }
      Files.deleteIfExists(pidFile);
    } catch (NoSuchFileException e) {
      // The worker creates the directory before it starts the shell.
      LOG.debug("no process group on record at {}", pidFile);
    } catch (IOException | RuntimeException e) {
      LOG.warn(
          "cannot end the process group on record at {}; what is left of it may still run",
          pidFile,
          e);
    }
  }

  /** Creates the file. If it exists, reads its content, for which its creator has a short time. */
  private static String claim(Path pidFile) throws IOException {
    try {
      AttemptFiles.write(pidFile, NOBODY + "\n");
      return NOBODY;
    } catch (FileAlreadyExistsException e) {
      long begin = System.nanoTime();
      String text = read(pidFile);
      while (text.isEmpty() && System.nanoTime() - begin < WRITE_RETRY_LIMIT.toNanos()) {
        Backoff.sleep(CHECK_MILLIS, TimeUnit.MILLISECONDS);
        text = read(pidFile);
      }
      return text;
    }
  }

  /** The content of the file; {@code ?} if it is not of the kind that a shell writes. */
  private static String read(Path pidFile) throws IOException {
    BasicFileAttributes found = Files.readAttributes(pidFile, BasicFileAttributes.class);
    return found.isRegularFile() && found.size() <= MAX_BYTES
        ? Files.readString(pidFile, StandardCharsets.ISO_8859_1).strip()
        : "?";
  }

  /** The groups to end. */
  private Set<Long> groups(String text, Path pidFile, Map<String, String> environment)
      throws IOException {
    boolean named = text.matches("[1-9]\\d{0,17}");
    if (!ProcStat.supported()) {
      boolean lives =
          named && mayLive(Long.parseLong(text), Files.getLastModifiedTime(pidFile).toInstant());
      return lives ? Set.of(Long.parseLong(text)) : Set.of();
    }
    if (named && groups.hasMember(Long.parseLong(text), environment)) {
      return Set.of(Long.parseLong(text));
    }
    return named ? Set.of() : groups.withMember(environment);
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
    long pause = CHECK_MILLIS;
    while (groups.alive(group)) {
      Delivery delivery = groups.signal(group, Signal.KILL);
      boolean late = System.nanoTime() - begin > KILL_LIMIT.toNanos();
      if (delivery == Delivery.NOT_PERMITTED || late) {
        LOG.warn(
            "cannot end {} of process group {}; continuing without waiting",
            groups.describe(group),
            group);
        return;
      }
      Backoff.sleep(pause, TimeUnit.MILLISECONDS);
      pause = Math.min(2 * pause, LAST_CHECK_MILLIS);
    }
  }
}
