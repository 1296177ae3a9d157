package dev.waymark.jdbc.internal.read;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims.Due;
import dev.waymark.core.store.Claims.Leased;
import dev.waymark.core.store.DueReason;
import dev.waymark.jdbc.internal.sql.Dialect;
import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.Request;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one claim reads: what it can take, and what else there is. */
public final class ClaimReads {
  private final Dialect dialect;
  private final RecordRows records;
  private final ClaimRequest request;
  private final ClaimCandidates candidates;
  private final List<Due> due = new ArrayList<>();
  private final List<Leased> expired = new ArrayList<>();
  private boolean isReady;
  private boolean hasReported;
  private @Nullable Duration next;
  private @Nullable Duration nextExpiry;

  /** Reads in this dialect what this claim asks for. */
  public ClaimReads(Dialect dialect, ClaimRequest request) {
    this.dialect = dialect;
    this.request = request;
    this.records = new RecordRows(dialect);
    this.candidates = new ClaimCandidates(dialect, records, request);
  }

  /** The requests for what the claim can take; none when it asks for nothing. */
  public List<Request> picking() {
    return request.limit() > 0 ? candidates.first() : List.of();
  }

  /** All requests for a look at the store: {@link #picking()} and {@link #reporting}. */
  public List<Request> looking(int limit) {
    List<Request> requests = new ArrayList<>(picking());
    requests.addAll(reporting(limit));
    return requests;
  }

  /** The requests for what is reported; at most so much of what is due and of what expired. */
  public List<Request> reporting(int limit) {
    List<Request> requests = new ArrayList<>();
    ExecutionId only = request.execution();
    if (only == null) {
      requests.add(limited(ReadStatement.DUE, limit, this::due));
      requests.add(limited(ReadStatement.EXPIRED, limit, this::expired));
    } else {
      requests.add(of(ReadStatement.DUE_OF_EXECUTION, only, this::due));
      requests.add(of(ReadStatement.EXPIRED_OF_EXECUTION, only, this::expired));
    }
    requests.add(
        new Request(
            ReadStatement.NEXT,
            (s, first) -> dialect.bindClaimedPools(s, first, request.pools()),
            1,
            this::next));
    return requests;
  }

  private Request of(ReadStatement statement, ExecutionId only, Request.Row row) {
    return new Request(
        statement,
        (s, first) -> {
          dialect.bindUuid(s, first, only.value());
          return first + 1;
        },
        1,
        row);
  }

  private Request limited(ReadStatement statement, int limit, Request.Row row) {
    return new Request(
        statement,
        (s, first) -> {
          int next = dialect.bindBegin(s, first, statement);
          s.setInt(next, limit);
          return next + 1;
        },
        1,
        row);
  }

  private void due(ResultSet row) throws SQLException {
    due.add(new Due(new ExecutionId(dialect.uuid(row, 1)), DueReason.valueOf(row.getString(2))));
  }

  private void expired(ResultSet row) throws SQLException {
    expired.add(records.leased(row));
  }

  private void next(ResultSet row) throws SQLException {
    next = duration(row, 1);
    nextExpiry = duration(row, 2);
    isReady = row.getInt(3) == 1;
    hasReported = true;
  }

  private static @Nullable Duration duration(ResultSet row, int column) throws SQLException {
    long micros = row.getLong(column);
    return row.wasNull() ? null : Duration.of(Math.max(0, micros), ChronoUnit.MICROS);
  }

  /**
   * The requests that are still to be made after picking; none unless there are slots free in a
   * pool that has a bound.
   */
  public List<Request> lookingFurther() {
    return candidates.second();
  }

  /**
   * The requests that wait for something to take; none when something was picked, or when nothing
   * is ready, which is known once it was read what is reported.
   */
  public List<Request> waiting() {
    return candidates.third(isReady);
  }

  /** Takes a row of a claim that was made at once. */
  public void claimed(ResultSet row) throws SQLException {
    candidates.candidate(row);
  }

  /** Whether a pool of the claim has a limit, if that was read. */
  public boolean haveLimits() {
    return candidates.haveLimits();
  }

  /** What was picked, in order. */
  public List<Candidate> picked() {
    return candidates.taken();
  }

  /** Whether it was read what is reported. */
  public boolean haveReported() {
    return hasReported;
  }

  /** What is reported, once it was read. */
  public Reported reported() {
    return new Reported(due, expired, next, nextExpiry);
  }
}
