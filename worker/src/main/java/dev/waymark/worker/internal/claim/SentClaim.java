package dev.waymark.worker.internal.claim;

import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.StateStore;
import dev.waymark.worker.internal.base.RetriedCalls;

/**
 * A claim and its answer.
 *
 * @param answer the answer of the store
 * @param sentNanos the monotonic time before it was sent, from which its leases count
 * @param tookNanos how long the store took
 */
public record SentClaim(Claims answer, long sentNanos, long tookNanos) {

  /** Sends a claim until the store answers. */
  public static SentClaim of(ClaimRequest request, StateStore store, RetriedCalls retries) {
    return retries.call(
        () -> {
          long sent = System.nanoTime();
          Claims answer = store.claim(request);
          return new SentClaim(answer, sent, System.nanoTime() - sent);
        });
  }
}
