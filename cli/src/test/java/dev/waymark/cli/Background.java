package dev.waymark.cli;

import dev.waymark.cli.CliTest.Run;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntBiFunction;

/** A command line that runs on a thread of its own while the test looks on. */
final class Background {
  private static final long LIMIT_SECONDS = 60;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

  /** Starts it. */
  Background(ToIntBiFunction<OutputStream, OutputStream> command) {
    Thread thread =
        new Thread(
            () -> {
              try {
                exitCode.complete(command.applyAsInt(out, err));
              } catch (RuntimeException | Error e) {
                exitCode.completeExceptionally(e);
              }
            },
            "test-command");
    thread.setDaemon(true);
    thread.start();
  }

  /** What it has printed so far. */
  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** What it has said so far. */
  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  boolean isRunning() {
    return !exitCode.isDone();
  }

  /** Waits until it has printed this. */
  void awaitOut(String text) {
    Waiting.until(text, () -> out().contains(text), this::isRunning);
  }

  /** What it came to in the end. */
  Run await() {
    int code = exitCode.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
    return new Run(code, out(), err());
  }
}
