package dev.waymark.runner.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a script gets a process group of its own on this system, and how that group is signalled.
 * Java can do neither, so both go through small programs that every Unix has. Thread-safe.
 *
 * <p>The id of a group is the process id of its leader. The system does not give that id to another
 * process while the group has members, so a group may be signalled after its leader has ended.
 */
final class ProcessGroups {

  /** The ways to begin a group, the best first. */
  enum Way {
    /**
     * {@code setsid} of util-linux or busybox: a session of its own, so that no terminal can signal
     * it.
     */
    SETSID,
    /** Perl's {@code setpgrp}: for systems without {@code setsid}, such as macOS. */
    PERL,
    /**
     * No group: the processes that descend from the shell are ended one by one, and those that
     * outlive it are out of reach.
     */
    PLAIN
  }

  /** The signals that end a group. */
  enum Signal {
    /** Asks to end. */
    TERM,
    /** Ends. */
    KILL
  }

  private final Way way;
  private final List<String> prefix;
  private final boolean proc = ProcStat.supported();

  /**
   * In the plain way: what was found below a shell and signalled, since a child is out of sight
   * once its shell has ended.
   */
  private final Map<Long, Set<ProcessHandle>> signalled = new ConcurrentHashMap<>();

  private ProcessGroups(Way way, List<String> prefix) {
    this.way = way;
    this.prefix = prefix;
  }

  /** The best way that this system has. */
  static ProcessGroups detect() {
    for (Way way : Way.values()) {
      ProcessGroups groups = of(way);
      if (groups != null) {
        return groups;
      }
    }
    throw new AssertionError("the plain way is always there");
  }

  /** This way, or null where the system does not have it. */
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

  /**
   * Sends a signal to every process of a group.
   *
   * @return false when the group has no process
   */
  boolean signal(long group, Signal signal) {
    return way == Way.PLAIN ? signalEach(group, signal) : kill(signal.name(), group);
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

  private boolean signalEach(long leader, Signal signal) {
    Set<ProcessHandle> all =
        signalled.computeIfAbsent(leader, key -> ConcurrentHashMap.newKeySet());
    ProcessHandle.of(leader)
        .ifPresent(
            shell -> {
              shell.descendants().forEach(all::add);
              all.add(shell);
            });
    all.forEach(process -> end(process, signal));
    return anySignalled(leader);
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
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path process : processes) {
        ProcStat stat = ProcStat.read(process.resolve("stat"));
        if (stat != null && stat.group() == group && !stat.isZombie()) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the processes of group " + group, e);
    }
  }

  /**
   * Whether a process of the group began with these variables: needs {@link ProcStat#supported}.
   * One whose environment may not be read is taken for another.
   */
  boolean hasMember(long group, Map<String, String> environment) throws IOException {
    List<String> wanted =
        environment.entrySet().stream().map(each -> each.getKey() + "=" + each.getValue()).toList();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path process : processes) {
        ProcStat stat = ProcStat.read(process.resolve("stat"));
        boolean member =
            stat != null
                && (stat.group() == group
                    || (way == Way.PLAIN && process.endsWith(Long.toString(group))));
        if (member && variables(process).containsAll(wanted)) {
          return true;
        }
      }
      return false;
    }
  }

  private static Set<String> variables(Path process) {
    try {
      String all = Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1);
      return new HashSet<>(Arrays.asList(all.split("\0", -1)));
    } catch (IOException e) {
      return Set.of();
    }
  }
}
