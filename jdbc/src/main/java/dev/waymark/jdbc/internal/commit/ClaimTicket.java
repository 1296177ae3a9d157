package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The position of one claim in the queue, and the holder of its answer. The leader of its group
 * sets the answer once, and then releases the waiting thread.
 */
final class ClaimTicket {
  private final WaitingCaller caller = new WaitingCaller();
  private final ClaimRequest request;
  private @Nullable Claims answer;
  private @Nullable RuntimeException error;
  private volatile boolean released;
  private boolean called;

  /** The ticket of a claim of the calling thread. */
  ClaimTicket(ClaimRequest request) {
    this.request = request;
  }

  ClaimRequest request() {
    return request;
  }

  /** Whether the caller was promoted to leader; guarded by the queue. */
  boolean isCalled() {
    return called;
  }

  void call() {
    called = true;
  }

  void promote() {
    caller.promote();
  }

  /** Waits for an answer or for promotion. */
  void await() {
    caller.await(this::isReleased);
  }

  /** Whether the caller need not wait any more. */
  boolean isReleased() {
    return released;
  }

  /** Answers with what was claimed. */
  void succeed(Claims claims) {
    answer = claims;
    release();
  }

  /** Answers with an error. */
  void fail(RuntimeException failure) {
    error = failure;
    release();
  }

  /**
   * Releases the caller without an answer, unless it has one: it is to claim in a transaction of
   * its own.
   */
  void sendAlone() {
    if (!released) {
      release();
    }
  }

  private void release() {
    released = true;
    caller.release();
  }

  /** Whether the caller was released without an answer. */
  boolean isSentAlone() {
    return answer == null && error == null;
  }

  /** The answer, or the error as a throw. */
  Claims answer() {
    if (error != null) {
      throw error;
    }
    return Objects.requireNonNull(answer);
  }
}
