package dev.waymark.runner.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of workers, and whether a worker is gone for sure.
 *
 * <p>A name is {@code host/pid-startMillis}; a further runner in one process adds {@code -2},
 * {@code -3} and so on. Process ids are used again, but not together with the time at which the
 * process started. A name of another form, or of another host, proves nothing: such a worker is
 * never gone for sure.
 */
public final class Workers {
  private static final Pattern NAME = Pattern.compile("(.+)/(\\d{1,18})-(\\d{1,18})(?:-\\d+)?");

  /**
   * Linux tells the start of a process by its distance from the boot, whose time it rounds to
   * seconds.
   */
  private static final Duration START_TOLERANCE = Duration.ofSeconds(2);

  private static final Set<String> OPEN_HERE = ConcurrentHashMap.newKeySet();
  private static final AtomicInteger MADE_HERE = new AtomicInteger();

  private Workers() {}

  /** A name for a new runner of this process. */
  public static String newName() {
    ProcessHandle self = ProcessHandle.current();
    long start = self.info().startInstant().orElse(Instant.EPOCH).toEpochMilli();
    int made = MADE_HERE.incrementAndGet();
    return Host.NAME + "/" + self.pid() + "-" + start + (made == 1 ? "" : "-" + made);
  }

  /** A runner of this name works in this process from now on. */
  static void opened(String worker) {
    OPEN_HERE.add(worker);
  }

  /** The runner of this name does not work any more. */
  static void closed(String worker) {
    OPEN_HERE.remove(worker);
  }

  /** Whether this worker certainly does not work any more. */
  static boolean isGone(String worker) {
    Matcher name = NAME.matcher(worker);
    if (OPEN_HERE.contains(worker) || !name.matches() || !name.group(1).equals(Host.NAME)) {
      return false;
    }
    long pid = Long.parseLong(name.group(2));
    Instant start = Instant.ofEpochMilli(Long.parseLong(name.group(3)));
    // A runner of this very process that is not open has been closed.
    return pid == ProcessHandle.current().pid() || !runs(pid, start);
  }

  private static boolean runs(long pid, Instant start) {
    ProcStat stat = ProcStat.of(pid);
    if (stat != null && stat.isZombie()) {
      return false;
    }
    return ProcessHandle.of(pid)
        .map(
            process ->
                process
                    .info()
                    .startInstant()
                    .map(
                        found ->
                            Duration.between(found, start).abs().compareTo(START_TOLERANCE) <= 0)
                    .orElse(true))
        .orElse(false);
  }

  /** Looked up on first use: it may need the network. */
  private static final class Host {
    static final String NAME = name();

    private static String name() {
      try {
        return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
      } catch (IOException e) {
        return ofNetwork();
      }
    }

    private static String ofNetwork() {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException e) {
        return "localhost";
      }
    }
  }
}
