package dev.waymark.jdbc.internal.commit;

import dev.waymark.jdbc.internal.sql.Dialect;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.jdbc.internal.sql.SessionSource;
import java.sql.SQLException;

/**
 * Write transactions, each on a separate session. An interrupted transaction discards its session
 * and the cache, because its result is unknown.
 */
final class Transactions {
  private final SessionSource sessions;
  private final Dialect dialect;
  private final HeadCache heads;

  Transactions(SessionSource sessions, Dialect dialect, HeadCache heads) {
    this.sessions = sessions;
    this.dialect = dialect;
    this.heads = heads;
  }

  /** The work of a transaction; it ends the transaction itself, by commit or rollback. */
  interface Body<T> {
    T run(Session session) throws SQLException;
  }

  /** Begins a transaction, and runs this in it. */
  <T> T run(Body<T> body) throws SQLException {
    Session session = sessions.writer();
    T result;
    try {
      dialect.beginWrite(session);
      result = body.run(session);
    } catch (SQLException e) {
      heads.invalidate();
      sessions.discard(session, e);
      throw e;
    } catch (RuntimeException | Error e) {
      heads.invalidate();
      sessions.discard(session, null);
      throw e;
    }
    sessions.release(session);
    return result;
  }
}
