package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.decide.Ledger;
import dev.waymark.core.internal.decide.Mailbox;
import dev.waymark.core.internal.decide.SignalWait;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.jdbc.internal.sql.Dialect;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;

/** Adds what was read of signals to the mailboxes of a ledger. Not thread-safe. */
final class SignalRows {
  private final Dialect dialect;
  private final Ledger ledger;

  SignalRows(Dialect dialect, Ledger ledger) {
    this.dialect = dialect;
    this.ledger = ledger;
  }

  void lastSignal(ResultSet row) throws SQLException {
    ExecutionId id = new ExecutionId(dialect.uuid(row, 1));
    ledger.load(id, ledger.mailbox(id).withLast(row.getInt(2)));
  }

  void sentSignal(ResultSet row) throws SQLException {
    ExecutionId id = new ExecutionId(dialect.uuid(row, 1));
    Mailbox.Sent sent = new Mailbox.Sent(row.getInt(3), row.getString(4));
    ledger.load(id, ledger.mailbox(id).withSent(row.getString(2), sent));
  }

  void continuedSignal(ResultSet row) throws SQLException {
    ExecutionId id = new ExecutionId(dialect.uuid(row, 1));
    Mailbox mailbox = ledger.mailbox(id).withKept(row.getInt(2), row.getString(3));
    String key = row.getString(4);
    ledger.load(
        id,
        key == null
            ? mailbox
            : mailbox.withSent(key, new Mailbox.Sent(row.getInt(2), row.getString(5))));
  }

  void keptSignal(ResultSet row) throws SQLException {
    ExecutionId id = new ExecutionId(dialect.uuid(row, 1));
    ledger.load(id, ledger.mailbox(id).withKept(row.getInt(2), row.getString(3)));
  }

  void signalWait(ResultSet row) throws SQLException {
    ExecutionId id = new ExecutionId(dialect.uuid(row, 1));
    SignalWait wait =
        new SignalWait(
            new TaskRunId(dialect.uuid(row, 2)),
            row.getString(3),
            row.getLong(4),
            row.getString(5),
            row.getInt(6),
            Objects.requireNonNull(dialect.time(row, 7)));
    ledger.load(id, ledger.mailbox(id).with(wait));
  }
}
