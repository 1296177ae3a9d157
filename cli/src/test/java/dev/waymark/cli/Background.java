package dev.waymark.cli;

import dev.waymark.cli.CliTest.Run;
import dev.waymark.testkit.Await;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntBiFunction;

/** A command line that runs on a separate thread while the test observes it. */
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

  /** Returns its standard output so far. */
  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Returns its standard error so far. */
  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  boolean isRunning() {
    return !exitCode.isDone();
  }

  /** Waits until its standard output contains this text. */
  void awaitOut(String text) {
    Await.until(text, () -> out().contains(text), this::isRunning);
  }

  /** Waits for its end and returns its result. */
  Run await() {
    int code = exitCode.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
    return new Run(code, out(), err());
  }
}
