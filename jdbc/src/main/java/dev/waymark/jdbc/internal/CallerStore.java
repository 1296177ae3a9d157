package dev.waymark.jdbc.internal;

import dev.waymark.core.internal.submit.Submission;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.Subscription;
import dev.waymark.jdbc.internal.commit.CallerCalls;
import java.sql.Connection;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** A store within the transaction of a connection of the caller. For one thread at a time. */
final class CallerStore extends JdbcReads {
  private final Connection connection;
  private final CallerCalls callers;
  private final OpenCalls calls;
  private final InstantSource clock;

  /** Calls count as calls of the store, whose close waits for them. */
  CallerStore(
      Connection connection,
      CallerCalls callers,
      OpenCalls calls,
      InstantSource clock,
      Limits limits) {
    super(limits);
    this.connection = connection;
    this.callers = callers;
    this.calls = calls;
    this.clock = clock;
  }

  @Override
  public CommitResult commit(ChangeSet changes) {
    Submission submission = Submission.of(changes, clock.instant(), limits());
    calls.begin();
    try {
      return callers.commit(connection, submission);
    } finally {
      calls.end();
    }
  }

  @Override
  protected <T> @Nullable T find(String attempted, Question<T> question) {
    calls.begin();
    try {
      return callers.read(connection, attempted, question::ask);
    } finally {
      calls.end();
    }
  }

  @Override
  public Claims claim(ClaimRequest request) {
    throw new UnsupportedOperationException(
        "a claim cannot be part of a transaction of the caller: its lease would run before anybody"
            + " knows of it; claim through the store itself");
  }

  @Override
  public Subscription onReady(Runnable listener) {
    throw new UnsupportedOperationException(
        "a transaction of the caller has no listeners; subscribe to the store itself");
  }

  /** Does nothing: connection and transaction belong to the caller. */
  @Override
  public void close() {}
}
