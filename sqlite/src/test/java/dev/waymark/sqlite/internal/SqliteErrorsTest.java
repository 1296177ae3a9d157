package dev.waymark.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.error.SchemaMismatchException;
import dev.waymark.core.error.StoreDamagedException;
import dev.waymark.core.error.StoreRejectedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.StoreUnavailableException.Outcome;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.jdbc.internal.sql.FailedCall;
import dev.waymark.jdbc.internal.sql.UnknownOutcomeException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

@DisplayName("The meaning of SQLite's result codes for a caller")
class SqliteErrorsTest {
  private final SqliteErrors errors =
      new SqliteErrors(Path.of("/data/waymark.db"), Duration.ofSeconds(10));

  static Stream<Arguments> everything() {
    return Arrays.stream(SQLiteErrorCode.values())
        .flatMap(code -> Arrays.stream(FailedCall.values()).map(call -> Arguments.of(code, call)));
  }

  @ParameterizedTest
  @MethodSource("everything")
  @DisplayName("every code of every call has its type, and claims only what is known")
  void everyCode(SQLiteErrorCode code, FailedCall call) {
    WaymarkException error = explain(code, call);

    assertThat(error).isInstanceOf(type(code, call));
    assertThat(error).hasMessageStartingWith("cannot do it in sqlite:/data/waymark.db: ");
    assertThat(error).hasMessageEndingWith(call.stored());
    if (call == FailedCall.READ || call == FailedCall.OPENING) {
      assertThat(error).hasMessageNotContainingAny("stored", "commit id", "claimed");
    }
    if (error instanceof StoreUnavailableException unavailable) {
      assertThat(unavailable.outcome())
          .isEqualTo(call.isUnknown() ? Outcome.UNKNOWN : Outcome.NOT_STORED);
    }
    boolean damaged = error instanceof StoreDamagedException;
    assertThat(error.getMessage().contains("restore a backup")).isEqualTo(damaged);
  }

  private static Class<?> type(SQLiteErrorCode code, FailedCall call) {
    return switch (SQLiteErrorCode.getErrorCode(code.code & 0xff)) {
      case SQLITE_CORRUPT -> StoreDamagedException.class;
      case SQLITE_NOTADB ->
          call == FailedCall.OPENING ? SchemaMismatchException.class : StoreDamagedException.class;
      case SQLITE_TOOBIG,
          SQLITE_CONSTRAINT,
          SQLITE_MISMATCH,
          SQLITE_RANGE,
          SQLITE_ERROR,
          SQLITE_SCHEMA ->
          call.isUnknown() || call == FailedCall.OPENING
              ? StoreUnavailableException.class
              : StoreRejectedException.class;
      default -> StoreUnavailableException.class;
    };
  }

  @ParameterizedTest
  @CsvSource({
    "SQLITE_IOERR_READ, read error",
    "SQLITE_IOERR_SHORT_READ, read error",
    "SQLITE_IOERR_FSYNC, sync error",
    "SQLITE_IOERR_WRITE, write error",
    "SQLITE_IOERR_NOMEM, out of memory",
    "SQLITE_NOMEM, out of memory",
    "SQLITE_IOERR_SHMMAP, locking failed",
    "SQLITE_FULL, is full",
    "SQLITE_CANTOPEN, cannot be opened",
    "SQLITE_READONLY_DBMOVED, not writable",
    "SQLITE_PERM, not writable",
    "SQLITE_AUTH, not writable",
    "SQLITE_BUSY_RECOVERY, kept the file locked",
    "SQLITE_PROTOCOL, kept the file locked",
    "SQLITE_CORRUPT_INDEX, is damaged",
    "SQLITE_TOOBIG, rejected it",
    "SQLITE_CONSTRAINT_TRIGGER, rejected it"
  })
  @DisplayName("the message says what happened")
  void says(SQLiteErrorCode code, String text) {
    assertThat(explain(code, FailedCall.WRITE)).hasMessageContaining(text);
  }

  @Test
  @DisplayName("the outcome of a failed COMMIT is unknown unless the file was locked or full")
  void rolledBack() {
    for (SQLiteErrorCode code : SQLiteErrorCode.values()) {
      String primary = SQLiteErrorCode.getErrorCode(code.code & 0xff).name();
      boolean nothing =
          primary.equals("SQLITE_BUSY")
              || primary.equals("SQLITE_LOCKED")
              || primary.equals("SQLITE_FULL");
      assertThat(SqliteErrors.isRolledBack(error(code))).as(code.name()).isEqualTo(nothing);
    }
  }

  private WaymarkException explain(SQLiteErrorCode code, FailedCall call) {
    SQLException cause = call.isUnknown() ? UnknownOutcomeException.of(error(code)) : error(code);
    return errors.explain("do it", cause, call);
  }

  private static SQLiteException error(SQLiteErrorCode code) {
    return new SQLiteException("[" + code + "] " + code.message, code);
  }
}
