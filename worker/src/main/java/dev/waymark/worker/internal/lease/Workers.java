package dev.waymark.worker.internal.lease;

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
import org.jspecify.annotations.Nullable;

/**
 * The names of workers, and whether a worker is certainly gone.
 *
 * <p>On Linux a name is {@code host/pid-startTicks@boot.namespace.machine}. The meaning of a
 * process id depends on the boot, the process namespace and the machine. The ticks from the boot to
 * the start of the process, which no clock changes, distinguish it from a later process with the
 * same id. On other systems a name is {@code host/pid-startMillis}. A further runner in one process
 * adds {@code -2}, {@code -3} and so on. A name in another format, or of a machine or namespace
 * that is not visible from here, proves nothing: such a worker is never certainly gone.
 */
public final class Workers {
  private static final Pattern NAME =
      Pattern.compile("(.+)/(\\d{1,18})-(\\d{1,18})(?:@([^/]+?))?(?:-\\d+)?");

  /** A clock may be set, and systems round times. */
  private static final Duration START_TOLERANCE = Duration.ofSeconds(2);

  private static final Set<String> OPEN_HERE = ConcurrentHashMap.newKeySet();
  private static final AtomicInteger MADE_HERE = new AtomicInteger();

  private Workers() {}

  /** The name of this machine. */
  static String host() {
    return Host.NAME;
  }

  /** Creates a name for a new runner of this process. */
  public static String newName() {
    int made = MADE_HERE.incrementAndGet();
    return processName() + (made == 1 ? "" : "-" + made);
  }

  /** Identifies this process: the default name of its first runner. */
  static String processName() {
    return name(ProcessHandle.current());
  }

  /** The default name of the first runner of a process. */
  public static String name(ProcessHandle process) {
    PidNamespace place = PidNamespace.HERE;
    ProcStat stat = place == null ? null : ProcStat.of(process.pid());
    String prefix = Host.NAME + "/" + process.pid() + "-";
    if (place == null || stat == null) {
      return prefix + process.info().startInstant().orElse(Instant.EPOCH).toEpochMilli();
    }
    return prefix + stat.startTicks() + "@" + place;
  }

  /** Registers that a runner with this name works in this process. */
  public static void opened(String worker) {
    OPEN_HERE.add(worker);
  }

  /** Registers that the runner with this name no longer works. */
  public static void closed(String worker) {
    OPEN_HERE.remove(worker);
  }

  /**
   * Whether a process has certainly ended. For this process the result is false, even if a runner
   * of it is closed.
   *
   * @param processName the name that it published, from {@link #processName}
   */
  static boolean hasEnded(String processName) {
    return !processName.equals(processName()) && isGone(processName);
  }

  /** Whether this worker certainly does not work any more. */
  public static boolean isGone(String worker) {
    Matcher name = NAME.matcher(worker);
    if (OPEN_HERE.contains(worker) || !name.matches() || !name.group(1).equals(Host.NAME)) {
      return false;
    }
    long pid = Long.parseLong(name.group(2));
    long start = Long.parseLong(name.group(3));
    String place = name.group(4);
    if (place != null) {
      return isGone(PidNamespace.parse(place), pid, start);
    }
    // A runner of this process that is not open has been closed.
    return PidNamespace.HERE == null
        && (pid == ProcessHandle.current().pid() || !runs(pid, Instant.ofEpochMilli(start)));
  }

  private static boolean isGone(@Nullable PidNamespace place, long pid, long ticks) {
    PidNamespace here = PidNamespace.HERE;
    if (place == null || here == null) {
      return false;
    }
    if (!place.boot().equals(here.boot())) {
      return place.isEarlierBootOf(here);
    }
    if (!place.namespace().equals(here.namespace())) {
      return false;
    }
    ProcStat stat = ProcStat.of(pid);
    boolean runs = stat != null && !stat.isZombie() && stat.startTicks() == ticks;
    // A runner of this process that is not open has been closed.
    return !runs || pid == ProcessHandle.current().pid();
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

  /** Looked up on first use, because it may need the network. */
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
