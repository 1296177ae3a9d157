package dev.waymark.sqlite.internal;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.error.SchemaMismatchException;
import dev.waymark.core.error.StoreDamagedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.internal.Times;
import dev.waymark.core.spi.StoreCopy;
import dev.waymark.jdbc.internal.sql.FailedCall;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A copy of the database file, made by SQLite from one snapshot ({@code VACUUM INTO}) while others
 * read and write. The copy is written under another name, verified and synced. Only then it gets
 * its own name, which nothing else may have: no other program ever sees a half of it.
 */
public final class SqliteCopy {
  private final Path from;
  private final Path to;
  private final Duration busyTimeout;
  private final String attempted;

  private SqliteCopy(Path from, Path to, Duration busyTimeout, String attempted) {
    this.from = from;
    this.to = to.toAbsolutePath().normalize();
    this.busyTimeout = busyTimeout;
    this.attempted = attempted;
  }

  /** As {@link dev.waymark.core.spi.StoreUrl#backup}, of the store in a file. */
  public static StoreCopy backup(Path store, Path file, Duration busyTimeout) {
    Path real = StoreFile.prepare(store, false);
    return new SqliteCopy(
            real, file, busyTimeout, "cannot back up sqlite:" + store + " to " + file + ": ")
        .make();
  }

  /** As {@link dev.waymark.core.spi.StoreUrl#restore}, into a file without a store. */
  public static StoreCopy restore(Path file, Path store, Duration busyTimeout) {
    StoreFile.checkName(file);
    String attempted = "cannot restore sqlite:" + store + " from " + file + ": ";
    if (!Files.isRegularFile(file)) {
      throw new StoreUnavailableException(
          attempted + "there is no such backup; check the path", null);
    }
    SqliteCopy copy =
        new SqliteCopy(file.toAbsolutePath().normalize(), store, busyTimeout, attempted);
    copy.checkMarks();
    return copy.make();
  }

  private StoreCopy make() {
    checkFree();
    try (NewFile file = new NewFile(to)) {
      copyInto(file.path());
      StoreCopy copy = verify(file.path());
      file.publish();
      return copy;
    } catch (FileAlreadyExistsException e) {
      throw exists();
    } catch (IOException e) {
      throw new StoreUnavailableException(
          attempted + StoreFile.reason(e) + "; check the folder, its permissions and the disk", e);
    }
  }

  private void checkFree() {
    StoreFile.checkName(to);
    if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
      throw exists();
    }
    Path folder = to.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new StoreUnavailableException(
          attempted + "the folder " + folder + " does not exist; create it, or name another file",
          null);
    }
  }

  private InvalidInputException exists() {
    return new InvalidInputException(
        attempted + to + " exists, and nothing is overwritten; name another file, or move it away");
  }

  /** A backup is a Waymark store that this version can migrate. */
  private void checkMarks() {
    try (Connection connection = connect(from)) {
      int application = number(connection, "PRAGMA application_id");
      int version = number(connection, "PRAGMA user_version");
      if (application != SqliteSchema.APPLICATION_ID || version > SqliteSchema.VERSION) {
        throw new SchemaMismatchException(
            attempted
                + (application == SqliteSchema.APPLICATION_ID
                    ? "the backup has schema version "
                        + version
                        + ", and this version of Waymark supports versions up to "
                        + SqliteSchema.VERSION
                        + "; update Waymark"
                    : "the file is no store of Waymark; name a file that waymark backup has made"),
            null);
      }
    } catch (SQLException e) {
      throw explain(e, FailedCall.OPENING);
    }
  }

  private void copyInto(Path part) {
    try (Connection connection = connect(from);
        PreparedStatement copy = connection.prepareStatement("VACUUM INTO ?")) {
      copy.setString(1, part.toString());
      copy.execute();
    } catch (SQLException e) {
      throw explain(e, FailedCall.READ);
    }
  }

  /** Reads every page of the copy, and what it contains. */
  private StoreCopy verify(Path part) throws IOException {
    try (Connection connection = connect(part)) {
      String found = SqliteConnector.text(connection, "PRAGMA integrity_check(1)");
      if (!found.equals("ok")) {
        throw new StoreDamagedException(
            attempted
                + "SQLite finds the copy damaged ("
                + found
                + "), so the original or the disk is damaged; restore an earlier backup",
            null);
      }
      String newest = SqliteConnector.text(connection, "SELECT max(committed_at) FROM commits");
      return new StoreCopy(
          to,
          Files.size(part),
          number(connection, "SELECT count(*) FROM workflow_revisions"),
          number(connection, "SELECT count(*) FROM executions"),
          time(newest));
    } catch (SQLException e) {
      throw explain(e, FailedCall.READ);
    }
  }

  private static @Nullable Instant time(@Nullable String micros) {
    return micros == null ? null : Times.ofMicros(Long.parseLong(micros));
  }

  private Connection connect(Path file) throws SQLException {
    return new SqliteConnector(file, busyTimeout, Long.MAX_VALUE).plain();
  }

  private static int number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? row.getInt(1) : 0;
    }
  }

  private WaymarkException explain(SQLException cause, FailedCall call) {
    return new SqliteErrors(from, busyTimeout).explain("copy the store", cause, call);
  }
}
