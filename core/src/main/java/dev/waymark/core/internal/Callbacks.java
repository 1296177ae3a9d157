package dev.waymark.core.internal;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Calls several callbacks, each also if another one throws an exception. */
public final class Callbacks {
  private Callbacks() {}

  /**
   * Calls all of them, in order. If some throw, the first exception is thrown at the end, and the
   * others are suppressed exceptions of it.
   */
  public static <T> void callEach(List<T> callbacks, Consumer<T> event) {
    @Nullable RuntimeException first = null;
    for (T each : callbacks) {
      try {
        event.accept(each);
      } catch (RuntimeException | Error e) {
        if (first == null) {
          first = e instanceof RuntimeException known ? known : new CallbackError(e);
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /** An {@link Error} of a callback. */
  private static final class CallbackError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CallbackError(Throwable error) {
      super(error);
    }
  }
}
