package dev.waymark.bench.jobs;

import dev.waymark.bench.peer.JobWorkers;
import dev.waymark.bench.peer.Peer;
import dev.waymark.bench.storage.StoreLocation;
import dev.waymark.bench.turns.Contest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * A process with workers of a product, for a store that exists. It obeys commands, one in a line:
 * {@code start} with a number of workers, {@code stop}, and {@code count}. It answers each with the
 * number of jobs that it has run, and ends when there is no more input.
 */
final class WorkerProcess implements AutoCloseable {
  private static final String START = "start ";
  private static final String STOP = "stop";
  private static final String COUNT = "count";

  /** Before each answer, because a product may write to standard output, too. */
  private static final String ANSWER = "handled: ";

  private final Process process;
  private final BufferedReader answers;
  private final PrintStream commands;

  private WorkerProcess(Process process) {
    this.process = process;
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
  }

  /** Starts a process of this program's class path. */
  static WorkerProcess start(String product, StoreLocation location, Path logs) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
            java,
            "-cp",
            System.getProperty("java.class.path"),
            WorkerProcess.class.getName(),
            product,
            location.url(),
            logs.toString());
    return new WorkerProcess(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Starts workers in the process. */
  void startWorkers(int workers) throws IOException {
    var unused = ask(START + workers);
  }

  /** Stops the workers of the process, as {@link JobWorkers#start} says. */
  void stopWorkers() throws IOException {
    var unused = ask(STOP);
  }

  /** The number of jobs that the process has run. */
  long handled() throws IOException {
    return ask(COUNT);
  }

  private long ask(String command) throws IOException {
    commands.println(command);
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      if (line.startsWith(ANSWER)) {
        return Long.parseLong(line.substring(ANSWER.length()));
      }
    }
    throw new IllegalStateException("a worker process has ended; its error is above");
  }

  @Override
  public void close() throws InterruptedException {
    commands.close();
    process.waitFor();
  }

  /** Arguments: the product, the URL of the location, and the folder of logs. */
  public static void main(String[] arguments) throws Exception {
    StoreLocation location = StoreLocation.of(arguments[1]);
    try (JobWorkers workers = open(arguments[0], location, Path.of(arguments[2]));
        BufferedReader commands =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      obey(workers, commands);
    }
  }

  private static void obey(JobWorkers workers, BufferedReader commands) throws Exception {
    @Nullable AutoCloseable running = null;
    try {
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        if (line.startsWith(START)) {
          running = workers.start(Integer.parseInt(line.substring(START.length())));
        } else if (line.equals(STOP) && running != null) {
          running.close();
          running = null;
        }
        System.out.println(ANSWER + workers.handled());
      }
    } finally {
      if (running != null) {
        running.close();
      }
    }
  }

  private static JobWorkers open(String product, StoreLocation location, Path logs)
      throws Exception {
    if (product.equals(Contest.WAYMARK)) {
      return WaymarkJobs.existing(location, logs);
    }
    for (Peer peer : ServiceLoader.load(Peer.class)) {
      if (peer.name().equals(product)) {
        return peer.workers(location);
      }
    }
    throw new IllegalArgumentException("there is no product " + product);
  }
}
