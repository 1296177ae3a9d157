package dev.waymark.runner.internal.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.waymark.worker.internal.lease.ProcStat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a script gets its own process group on this system, and how that group is signalled. Java
 * supports neither, so both use small programs that every Unix has. Thread-safe.
 *
 * <p>The id of a group is the process id of its leader. The system does not give that id to another
 * process while the group has members, so a group may be signalled after its leader has ended.
 */
public final class ProcessGroups {

  /** The ways to start a group, the best first. */
  enum Way {
    /**
     * {@code setsid} of util-linux or busybox: a new session, so that no terminal can signal it.
     */
    SETSID,
    /** Perl's {@code setpgrp}: for systems without {@code setsid}, such as macOS. */
    PERL,
    /**
     * No group: the processes that descend from the shell are ended one by one. Those that outlive
     * it cannot be reached.
     */
    PLAIN
  }

  /** The signals that end a group. */
  enum Signal {
    /** Asks the group to end. */
    TERM,
    /** Ends the group at once. */
    KILL
  }

  /** The result of a signal. */
  enum Delivery {
    /** At least one process of the group received it. */
    DELIVERED,
    /** The group has no process yet, or no longer has one. */
    NO_PROCESS,
    /**
     * The group has processes, but the system does not permit this user to signal any of them: they
     * belong to another user, for example after {@code sudo} or with a setuid program.
     */
    NOT_PERMITTED
  }

  private static final Path PROC = Path.of("/proc");

  /** The maximum number of processes that a message names. */
  private static final int MAX_NAMED = 5;

  private final Way way;
  private final List<String> prefix;
  private final boolean proc = ProcStat.supported();

  /**
   * Without groups: the processes below a shell that were found and signalled. A child cannot be
   * found any more when its shell has ended.
   */
  private final Map<Long, Set<ProcessHandle>> signalled = new ConcurrentHashMap<>();

  private ProcessGroups(Way way, List<String> prefix) {
    this.way = way;
    this.prefix = prefix;
  }

  /** Returns the best way that this system supports. */
  public static ProcessGroups detect() {
    for (Way way : Way.values()) {
      ProcessGroups groups = of(way);
      if (groups != null) {
        return groups;
      }
    }
    throw new AssertionError("the plain method is always available");
  }

  /** Returns this way, or null if the system does not support it. */
  static @Nullable ProcessGroups of(Way way) {
    if (way == Way.PLAIN) {
      return new ProcessGroups(way, List.of());
    }
    String program = onPath(way.name().toLowerCase(Locale.ROOT));
    if (program == null) {
      return null;
    }
    return new ProcessGroups(
        way,
        way == Way.SETSID
            ? List.of(program)
            : List.of(program, "-e", "setpgrp(0, 0); exec {$ARGV[0]} @ARGV or exit 127"));
  }

  private static @Nullable String onPath(String program) {
    String path = System.getenv("PATH");
    return Stream.of((path == null ? "/usr/bin:/bin" : path).split(":"))
        .filter(folder -> folder.startsWith("/"))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElse(null);
  }

  Way way() {
    return way;
  }

  /**
   * The command that runs {@code command} as the leader of a new group. The leader's process id is
   * that of the process started.
   */
  List<String> leading(List<String> command) {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(command);
    return all;
  }

  /** Sends a signal to every process of a group. */
  Delivery signal(long group, Signal signal) {
    if (way == Way.PLAIN) {
      return signalEach(group, signal);
    }
    if (kill(signal.name(), group)) {
      return Delivery.DELIVERED;
    }
    // On no system does the exit code of kill distinguish EPERM from ESRCH, and on few does its
    // message.
    return proc && anyInProc(group) ? Delivery.NOT_PERMITTED : Delivery.NO_PROCESS;
  }

  /** Whether a process of the group still runs. */
  boolean alive(long group) {
    if (way == Way.PLAIN) {
      return ProcessHandle.of(group).isPresent() || anySignalled(group);
    }
    return proc ? anyInProc(group) : kill("0", group);
  }

  private static boolean kill(String signal, long group) {
    try {
      Process kill =
          new ProcessBuilder(
                  "/bin/sh", "-c", "kill -s \"$1\" -- \"-$2\"", "sh", signal, Long.toString(group))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return kill.waitFor() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot signal process group " + group, e);
    }
  }

  private Delivery signalEach(long leader, Signal signal) {
    Set<ProcessHandle> all =
        signalled.computeIfAbsent(leader, key -> ConcurrentHashMap.newKeySet());
    ProcessHandle.of(leader)
        .ifPresent(
            shell -> {
              shell.descendants().forEach(all::add);
              all.add(shell);
            });
    boolean delivered = false;
    for (ProcessHandle process : all) {
      delivered |= end(process, signal);
    }
    if (!anySignalled(leader)) {
      return Delivery.NO_PROCESS;
    }
    return delivered ? Delivery.DELIVERED : Delivery.NOT_PERMITTED;
  }

  private boolean anySignalled(long leader) {
    Set<ProcessHandle> all = signalled.getOrDefault(leader, Set.of());
    if (all.stream().anyMatch(ProcessHandle::isAlive)) {
      return true;
    }
    signalled.remove(leader);
    return false;
  }

  private static boolean end(ProcessHandle process, Signal signal) {
    return signal == Signal.TERM ? process.destroy() : process.destroyForcibly();
  }

  private static boolean anyInProc(long group) {
    return !inProc(stat -> stat.group() == group && !stat.isZombie(), 1).isEmpty();
  }

  /** The first processes that fulfil a condition. */
  private static List<Path> inProc(Predicate<ProcStat> wanted, int most) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[1-9]*")) {
      for (Path process : processes) {
        ProcStat stat = ProcStat.read(process.resolve("stat"));
        if (stat != null && wanted.test(stat)) {
          found.add(process);
        }
        if (found.size() == most) {
          break;
        }
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the processes of this system", e);
    }
  }

  /**
   * Names the processes of a group that still run, for a message: {@code process 4711 (sleep) of
   * user root}. The arguments of a process are omitted, because they may be secret. Null when there
   * is none.
   */
  @Nullable String describe(long group) {
    List<String> found = new ArrayList<>();
    if (proc && way != Way.PLAIN) {
      inProc(stat -> stat.group() == group && !stat.isZombie(), MAX_NAMED + 1)
          .forEach(process -> found.add(describe(process)));
    } else {
      Set<ProcessHandle> all = new HashSet<>(signalled.getOrDefault(group, Set.of()));
      ProcessHandle.of(group).ifPresent(all::add);
      all.stream()
          .filter(ProcessHandle::isAlive)
          .limit(MAX_NAMED + 1L)
          .forEach(process -> found.add("process " + process.pid()));
    }
    if (found.size() > MAX_NAMED) {
      found.set(MAX_NAMED, "others");
    }
    return found.isEmpty() ? null : String.join(", ", found);
  }

  private static String describe(Path process) {
    String text = "process " + process.getFileName();
    try {
      text += " (" + Files.readString(process.resolve("comm"), ISO_8859_1).strip() + ")";
      return text + " of user " + Files.getOwner(process.resolve("stat")).getName();
    } catch (IOException e) {
      return text;
    }
  }

  /**
   * Whether a process of the group started with these variables. Requires {@link
   * ProcStat#supported}. A process whose environment cannot be read does not count.
   */
  boolean hasMember(long group, Map<String, String> environment) throws IOException {
    List<String> wanted = variables(environment);
    return !groups(wanted, group).isEmpty();
  }

  /**
   * The groups that have a process which started with these variables. Requires {@link
   * ProcStat#supported}.
   */
  Set<Long> withMember(Map<String, String> environment) throws IOException {
    return groups(variables(environment), null);
  }

  private Set<Long> groups(List<String> wanted, @Nullable Long group) throws IOException {
    Set<Long> groups = new TreeSet<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[1-9]*")) {
      for (Path process : processes) {
        ProcStat stat = ProcStat.read(process.resolve("stat"));
        long id = stat == null ? 0 : idOf(stat, process);
        boolean asked = stat != null && (group == null || group == stat.group() || group == id);
        if (stat != null && asked && !stat.isZombie() && variables(process).containsAll(wanted)) {
          groups.add(id);
        }
      }
      return groups;
    }
  }

  /** Without groups, the id is that of the process itself. */
  private long idOf(ProcStat stat, Path process) {
    return way == Way.PLAIN ? Long.parseLong(process.getFileName().toString()) : stat.group();
  }

  private static List<String> variables(Map<String, String> environment) {
    return environment.entrySet().stream()
        .map(each -> each.getKey() + "=" + each.getValue())
        .toList();
  }

  private static Set<String> variables(Path process) {
    try {
      String all = Files.readString(process.resolve("environ"), ISO_8859_1);
      return new HashSet<>(Arrays.asList(all.split("\0", -1)));
    } catch (IOException e) {
      return Set.of();
    }
  }
}
