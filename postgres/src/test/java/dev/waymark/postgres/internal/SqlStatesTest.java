package dev.waymark.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.error.SchemaMismatchException;
import dev.waymark.core.error.StoreDamagedException;
import dev.waymark.core.error.StoreRejectedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.StoreUnavailableException.Outcome;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.jdbc.internal.sql.FailedCall;
import dev.waymark.jdbc.internal.sql.Remedy;
import dev.waymark.jdbc.internal.sql.UnknownOutcomeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;

@DisplayName("The meaning of PostgreSQL's SQLSTATEs for a caller")
class SqlStatesTest {
  /** Appendix A of the documentation, without the classes that are only warnings. */
  private static final String DOCUMENTED =
      """
      03000 08000 08003 08006 08001 08004 08007 08P01 09000 0A000 0B000 0F000 0F001 0L000 0LP01 0P000
      0Z000 0Z002 10608 20000 21000 22000 2202E 22021 22008 22012 22005 2200B 22022 22015 2201E 22014
      22016 2201F 2201G 22018 22007 22019 2200D 22025 22P06 22010 22023 22013 2201B 2201W 2201X 2202H
      2202G 22009 2200C 2200G 22004 22002 22003 2200H 22026 22001 22011 22027 22024 2200F 22P01 22P02
      22P03 22P04 22P05 2200L 2200M 2200N 2200S 2200T 22030 22031 22032 22033 22034 22035 22036 22037
      22038 22039 2203A 2203B 2203C 2203D 2203E 2203F 2203G 23000 23001 23502 23503 23505 23514 23P01
      24000 25000 25001 25002 25008 25003 25004 25005 25006 25007 25P01 25P02 25P03 25P04 26000 27000
      28000 28P01 2B000 2BP01 2D000 2F000 2F005 2F002 2F003 2F004 34000 38000 38001 38002 38003 38004
      39000 39001 39004 39P01 39P02 39P03 3B000 3B001 3D000 3F000 40000 40002 40001 40003 40P01 42000
      42601 42501 42846 42803 42P20 42P19 42830 42602 42622 42939 42804 42P18 42P21 42P22 42809 428C9
      42703 42883 42P01 42P02 42704 42701 42P03 42P04 42723 42P05 42P06 42P07 42712 42710 42702 42725
      42P08 42P09 42P10 42611 42P11 42P12 42P13 42P14 42P15 42P16 42P17 44000 53000 53100 53200 53300
      53400 54000 54001 54011 54023 55000 55006 55P02 55P03 55P04 57000 57014 57P01 57P02 57P03 57P04
      57P05 58000 58030 58P01 58P02 58P03 F0000 F0001 HV000 P0000 P0001 P0002 P0003 P0004 XX000 XX001
      XX002\
      """;

  private final PostgresSettings settings =
      new PostgresSettings(
          "waymark",
          10,
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofMinutes(1),
          Duration.ofSeconds(30));
  private final PostgresErrors errors = PostgresErrors.ofDataSource(settings);
  private final PostgresDialect dialect =
      new PostgresDialect(settings, errors, new PostgresServer(18, false, false));

  static Stream<String> states() {
    Set<String> states = new TreeSet<>(Set.of(DOCUMENTED.split("\\s+")));
    states.addAll(
        Arrays.stream(PSQLState.values())
            .map(PSQLState::getState)
            .filter(state -> state.length() == 5 && !state.startsWith("0000"))
            .collect(Collectors.toSet()));
    return states.stream();
  }

  @ParameterizedTest
  @MethodSource("states")
  @DisplayName("every state of every call has its type, and claims only what is known")
  void everyState(String state) {
    for (FailedCall call : FailedCall.values()) {
      WaymarkException error = explain(state, call);
      assertThat(error).as(call.name()).isInstanceOf(type(state, call));
      assertThat(error).hasMessageStartingWith("cannot do it in ");
      if (!(error instanceof SchemaMismatchException)) {
        assertThat(error).hasMessageEndingWith(call.stored());
      }
      if (call == FailedCall.READ || call == FailedCall.OPENING) {
        assertThat(error).hasMessageNotContainingAny("stored", "commit id", "claimed");
      }
      if (error instanceof StoreUnavailableException unavailable) {
        assertThat(unavailable.outcome())
            .isEqualTo(call.isUnknown() ? Outcome.UNKNOWN : Outcome.NOT_STORED);
      }
    }
  }

  private static Class<?> type(String state, FailedCall call) {
    if (Set.of("42P01", "42703", "3F000").contains(state)) {
      return SchemaMismatchException.class;
    }
    if (state.equals("XX001") || state.equals("XX002")) {
      return StoreDamagedException.class;
    }
    boolean rejected =
        Stream.of("0A", "21", "22", "23", "2B", "2F", "38", "39", "42", "44", "54", "P0")
                .anyMatch(state::startsWith)
            && !state.equals("23505");
    boolean decided = call != FailedCall.OPENING && !call.isUnknown();
    return rejected && decided ? StoreRejectedException.class : StoreUnavailableException.class;
  }

  @ParameterizedTest
  @CsvSource({
    "22021, APART, rejected it",
    "23514, APART, rejected it",
    "P0001, APART, rejected it",
    "54000, APART, rejected it",
    "42501, APART, lacks a privilege",
    "53100, APART, disk is full",
    "53200, APART, enough resources",
    "53400, APART, enough resources",
    "58030, APART, disk reported an error",
    "53300, AGAIN, no free connections",
    "57P01, AGAIN, ended the connection",
    "57P02, AGAIN, ended the connection",
    "57P03, AGAIN, ended the connection",
    "25006, AGAIN, does not accept writes",
    "40001, AGAIN, other writers",
    "40P01, AGAIN, other writers",
    "23505, AGAIN, other writers",
    "55P03, APART, lock time-out",
    "57014, APART, statement time-out",
    "28P01, NONE, the password of its user",
    "28000, NONE, the server rejected its user",
    "42P01, NONE, its tables are not",
    "XX001, APART, is damaged",
    "XX002, APART, is damaged"
  })
  @DisplayName("the message says what happened, and only temporary errors are retried")
  void says(String state, Remedy remedy, String text) {
    assertThat(explain(state, FailedCall.WRITE)).hasMessageContaining(text);
    assertThat(dialect.remedy(error("ERROR", state))).isEqualTo(remedy);
  }

  @ParameterizedTest
  @CsvSource({
    "ERROR, 23514, true",
    "ERROR, 40001, true",
    "ERROR, 53100, true",
    "FEHLER, 40001, true",
    "FATAL, 57P01, false",
    "PANIC, 58030, false",
    "PANIK, 58030, false",
    "PANIC, 53100, false",
    "ERROR, XX000, false"
  })
  @DisplayName("an ERROR means that the transaction was rolled back, and anything worse does not")
  void rolledBack(String severity, String state, boolean rolledBack) {
    assertThat(CommitErrors.isRolledBack(error(severity, state))).isEqualTo(rolledBack);
    assertThat(CommitErrors.isRolledBack(new PSQLException("lost", PSQLState.CONNECTION_FAILURE)))
        .isFalse();
  }

  private WaymarkException explain(String state, FailedCall call) {
    PSQLException error = error("ERROR", state);
    return errors.explain(
        "do it", call.isUnknown() ? UnknownOutcomeException.of(error) : error, call);
  }

  /** An error as the server sends it. */
  private static PSQLException error(String severity, String state) {
    return new PSQLException(new ServerErrorMessage("S" + severity + "\0C" + state + "\0Mno\0"));
  }
}
