package dev.waymark.cli.internal.command.base;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.internal.Durations;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Opens the store of a worker, which may start before its database server. While the server cannot
 * be reached, is starting or has no free connection, it retries and reports each failure. A
 * permanent error, such as a wrong password, fails at once.
 */
public final class PatientOpening {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final String TOO_MANY_CONNECTIONS = "53300";

  private final Context context;

  public PatientOpening(Context context) {
    this.context = context;
  }

  /** Opens the store; retries without a time limit. */
  public void open() {
    Duration pause = FIRST_PAUSE;
    while (!isOpened(pause)) {
      sleep(pause);
      Duration twice = pause.multipliedBy(2);
      pause = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }
  }

  private boolean isOpened(Duration pause) {
    try {
      context.store();
      return true;
    } catch (StoreUnavailableException e) {
      if (!isTransient(e)) {
        throw e;
      }
      context.messages().say(e.getMessage() + "; retrying in " + Durations.format(pause));
      return false;
    }
  }

  /** Whether a retry may succeed: no connection, a shutdown or start, or too many connections. */
  static boolean isTransient(StoreUnavailableException error) {
    for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
      @Nullable String state = cause instanceof SQLException sql ? sql.getSQLState() : null;
      if (state != null) {
        return state.startsWith("08")
            || state.startsWith("57P")
            || state.equals(TOO_MANY_CONNECTIONS);
      }
    }
    return false;
  }

  private static void sleep(Duration pause) {
    try {
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
