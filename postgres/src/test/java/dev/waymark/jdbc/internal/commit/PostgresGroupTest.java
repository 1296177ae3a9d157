package dev.waymark.jdbc.internal.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.internal.decide.Submission;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Limits;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.jdbc.internal.sql.SessionSource;
import dev.waymark.postgres.internal.PostgresDialect;
import dev.waymark.postgres.internal.PostgresErrors;
import dev.waymark.postgres.internal.PostgresSettings;
import dev.waymark.testkit.sql.ChangeMix;
import dev.waymark.testkit.sql.StatementLog;
import dev.waymark.testkit.sql.StatementLog.Run;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What PostgreSQL is asked to run for a group: the same statements for one change set as for two
 * hundred. Ids and rows are arrays. Whoever saves a workflow goes the long way.
 */
@DisplayName("A group on PostgreSQL")
@SuppressWarnings("NullAway.Init")
class PostgresGroupTest {
  private static final int MANY = 200;
  private static final Duration LONG = Duration.ofSeconds(30);

  private final String schema = TestServer.newSchema();
  private final StatementLog log = new StatementLog();
  private final ChangeMix mix = new ChangeMix();
  private Connection connection;
  private GroupTransaction transaction;

  @BeforeEach
  void open() throws SQLException {
    PostgresSettings settings = new PostgresSettings(schema, 1, LONG, LONG, LONG, LONG, LONG, LONG);
    connection = TestServer.connect();
    transaction =
        new GroupTransaction(
            new OneSession(new Session(log.watch(connection))),
            new PostgresDialect(settings, PostgresErrors.ofDataSource(settings)),
            new Memory(),
            Limits.defaults(),
            LONG);
    commit(mix.beginnings(MANY + 51));
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
    TestServer.drop(schema);
  }

  private void commit(List<ChangeSet> group) {
    Limits limits = Limits.defaults();
    List<Ticket> tickets =
        group.stream()
            .map(changes -> Submission.of(changes, Instant.EPOCH, limits))
            .<Ticket>map(submission -> new FutureTicket(submission, ticket -> {}))
            .toList();
    transaction.run(tickets);
    tickets.forEach(ticket -> assertThat(ticket.answer().outcomes()).isNotEmpty());
  }

  /** What is run for a group of ends and beginnings. */
  private List<String> runs(int size) {
    log.clear();
    commit(mix.endsAndBeginnings(size));
    return log.runs().stream().map(Run::text).toList();
  }

  @Test
  @DisplayName("is loaded and written by as many statements, however large it is")
  void sameStatements() {
    List<String> one = statements(runs(1));
    assertThat(one).doesNotHaveDuplicates().endsWith("COMMIT");
    assertThat(statements(runs(MANY))).isEqualTo(one);
  }

  @Test
  @DisplayName("of remembered records is written in one round trip that looks at them again")
  void remembered() {
    List<String> one = repetitions(1);
    assertThat(one).hasSize(1);
    assertThat(statements(one)).doesNotHaveDuplicates().endsWith("COMMIT");
    assertThat(repetitions(MANY)).isEqualTo(one);
  }

  private List<String> repetitions(int size) {
    log.clear();
    commit(mix.endsAndRepetitions(size));
    return log.runs().stream().map(Run::text).toList();
  }

  private static List<String> statements(List<String> runs) {
    return runs.stream().flatMap(text -> Stream.of(text.split(";\n", -1))).toList();
  }

  @Test
  @DisplayName("is loaded in one round trip, but for thousands of ids, and written in another")
  void roundTrips() {
    assertThat(runs(1)).hasSize(2);
    assertThat(runs(50)).hasSize(2);
    assertThat(runs(MANY)).hasSize(3);
  }

  /** Gives out one session again and again. */
  private record OneSession(Session session) implements SessionSource {
    @Override
    public Session writer() {
      return session;
    }

    @Override
    public Session reader() {
      return session;
    }

    @Override
    public void release(Session session) {}

    @Override
    public void discard(Session session, @Nullable SQLException cause) {}

    @Override
    public void close() {}
  }
}
