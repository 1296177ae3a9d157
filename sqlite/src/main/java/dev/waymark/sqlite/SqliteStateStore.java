package dev.waymark.sqlite;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.spi.StoreBuilder;
import dev.waymark.core.spi.StoreCopy;
import dev.waymark.core.store.ForwardingStateStore;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Subscription;
import dev.waymark.jdbc.TransactionalStore;
import dev.waymark.jdbc.internal.sql.FailedCall;
import dev.waymark.sqlite.internal.SqliteConnector;
import dev.waymark.sqlite.internal.SqliteCopy;
import dev.waymark.sqlite.internal.SqliteErrors;
import dev.waymark.sqlite.internal.SqliteSchema;
import dev.waymark.sqlite.internal.SqliteStore;
import dev.waymark.sqlite.internal.StoreFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * The state store in one SQLite file. It needs no installation and no server.
 *
 * <p>Any number of threads and processes of one machine may use the file at the same time. Writers
 * wait for each other for at most the busy time-out. A commit that returns survives {@code kill -9}
 * and loss of power: the file is in WAL mode, and every commit syncs the log. The file must be on a
 * local disk.
 *
 * <p>While the file is in use, open, copy or delete it and its {@code -wal} and {@code -shm} files
 * only with SQLite. Within the same process, even opening one of them releases SQLite's locks. For
 * a copy use {@link Builder#backup}.
 *
 * <p>For example:
 *
 * <pre>{@code
 * try (StateStore store = SqliteStateStore.open(Path.of("waymark.db"))) {
 *   System.out.println(store.workflows(PageRequest.first(10)).total());
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
public final class SqliteStateStore extends ForwardingStateStore implements TransactionalStore {
  private final SqliteStore store;

  private SqliteStateStore(SqliteStore store) {
    super(store);
    this.store = store;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The store detects commits through other stores, in any process, within a twentieth of a
   * second. It keeps one connection for that while there is a subscription. It notifies of every
   * write, also when nothing became ready.
   */
  @Override
  public Subscription onReady(Runnable listener) {
    return store.onReady(listener);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The connection must have the file of the store as its main database, and no temporary table
   * with the name of a table of the store. Let its transactions begin with a write, such as this
   * commit: one that has read before fails when others have written in between. Leave the {@code
   * transaction_mode} of the driver at its default. With {@code IMMEDIATE}, it takes the write lock
   * when autocommit is turned off, and again right after each COMMIT. When it cannot get the lock,
   * the connection has no transaction, and everything that is written on it commits at once; the
   * store then refuses the commit.
   */
  @Override
  public StateStore within(Connection connection) {
    return store.within(connection);
  }

  /**
   * Returns how many bytes of the write-ahead log ({@code -wal}) are in use: the commits since the
   * log last restarted. The log restarts when all of it has been copied into the file (checkpoint)
   * and no connection reads from it. So a number that only grows indicates a reader that does not
   * end. The log file on the disk may be larger, because SQLite overwrites it instead of truncating
   * it.
   *
   * <p>The call asks SQLite, changes nothing and does not wait for a writer.
   *
   * @throws StoreUnavailableException when the file cannot be read
   */
  public long walBytes() {
    return store.walBytes();
  }

  /**
   * Opens the store in this file with the default settings. Creates the file when it is missing.
   *
   * @throws StoreUnavailableException when the file cannot be opened or stays locked
   * @throws dev.waymark.core.error.SchemaMismatchException when the file is not a Waymark store or
   *     belongs to a newer version
   */
  public static SqliteStateStore open(Path file) {
    return builder(file).build();
  }

  /** The version of the schema that this version of Waymark works with, and migrates others to. */
  public static int schemaVersion() {
    return SqliteSchema.VERSION;
  }

  /** Begins with the default settings. */
  public static Builder builder(Path file) {
    return new Builder(file);
  }

  /** Collects the settings. Not thread-safe. */
  public static final class Builder extends StoreBuilder<Builder> {
    private static final long PAGE_BYTES = 4096;
    private static final long MOST_PAGES = 4_294_967_294L;

    private final Path file;
    private Duration busyTimeout = Duration.ofSeconds(10);
    private int maxReaders = 4;
    private long maxFileBytes = MOST_PAGES * PAGE_BYTES;
    private boolean allowsOtherTables;

    private Builder(Path file) {
      this.file = file.toAbsolutePath().normalize();
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * How long to wait for a lock that another process holds on the file; 10 seconds by default.
     */
    public Builder busyTimeout(Duration timeout) {
      if (timeout.isNegative() || timeout.compareTo(Duration.ofHours(1)) > 0) {
        throw new InvalidInputException(
            "busy time-out " + timeout + " is out of range; use 0 to 1 hour");
      }
      this.busyTimeout = timeout;
      return this;
    }

    /** How many reads may run at the same time; 4 by default. */
    public Builder maxReaders(int readers) {
      if (readers < 1) {
        throw new InvalidInputException(
            "maxReaders " + readers + " is out of range; use 1 or more");
      }
      this.maxReaders = readers;
      return this;
    }

    /**
     * Maximum size of the file in bytes. A commit that needs more fails as if the disk were full.
     * The default is the limit of SQLite, about 17.5 TB.
     */
    public Builder maxFileBytes(long bytes) {
      if (bytes < PAGE_BYTES || bytes > MOST_PAGES * PAGE_BYTES) {
        throw new InvalidInputException(
            "maxFileBytes "
                + bytes
                + " is out of range; use "
                + PAGE_BYTES
                + " to "
                + MOST_PAGES * PAGE_BYTES);
      }
      this.maxFileBytes = bytes;
      return this;
    }

    /**
     * Whether a new store may be created in a file that has tables of another program, which then
     * shares the file with the store; false by default, so that a misspelt name is an error. The
     * file must not have an application id or a user version of that program.
     */
    public Builder allowOtherTables(boolean allow) {
      this.allowsOtherTables = allow;
      return this;
    }

    /**
     * Copies the store into a new file, while it may be in use: everything that was committed when
     * the call began. SQLite verifies the copy, which is then durable. The store is not migrated.
     * During the copy its write-ahead log cannot restart, so it grows by what is committed
     * meanwhile. The copy has no log files of attempts.
     *
     * @param target the file, which must not exist; only its user can read and write it
     * @throws InvalidInputException when the target exists
     * @throws StoreUnavailableException when the store is missing, or the copy cannot be written;
     *     then there is no target
     * @throws dev.waymark.core.error.StoreDamagedException when the store is damaged
     */
    public StoreCopy backup(Path target) {
      return copied(() -> SqliteCopy.backup(file, target, busyTimeout));
    }

    /**
     * Makes the store from a file that {@link #backup} has written. Log files that a deleted store
     * of this name has left ({@code -wal}) are removed. A backup of an earlier version is migrated
     * when the store is opened.
     *
     * @param backup the backup, which does not change
     * @throws InvalidInputException when the file of the store exists
     * @throws StoreUnavailableException when the backup is missing, or the store cannot be written;
     *     then there is no store
     * @throws dev.waymark.core.error.SchemaMismatchException when the backup is not a Waymark
     *     store, or belongs to a newer version
     * @throws dev.waymark.core.error.StoreDamagedException when the backup is damaged
     */
    public StoreCopy restore(Path backup) {
      return copied(() -> SqliteCopy.restore(backup, file, busyTimeout));
    }

    private StoreCopy copied(Supplier<StoreCopy> copy) {
      try {
        return copy.get();
      } catch (LinkageError e) {
        throw new SqliteErrors(file, busyTimeout).noNativeLibrary(e);
      }
    }

    /**
     * Opens the store. Only its user can read and write a new file and its companion files, with
     * any umask. The permissions of an existing file do not change.
     *
     * @throws StoreUnavailableException when the file cannot be opened or stays locked, when it is
     *     missing and may not be created, or when it has more than one name. With hard links, or
     *     when the file itself is a mount point, it would have more than one write-ahead log
     * @throws dev.waymark.core.error.SchemaMismatchException when the file is not a Waymark store
     *     or belongs to a newer version
     */
    public SqliteStateStore build() {
      Path real = StoreFile.prepare(file, createIfMissing());
      SqliteErrors errors = new SqliteErrors(real, busyTimeout);
      SqliteConnector connector = new SqliteConnector(real, busyTimeout, maxFileBytes / PAGE_BYTES);
      try {
        new SqliteSchema(real, allowsOtherTables).prepare(connector);
      } catch (SQLException e) {
        throw errors.explain("open the store", e, FailedCall.OPENING);
      } catch (LinkageError e) {
        throw errors.noNativeLibrary(e);
      }
      return new SqliteStateStore(
          new SqliteStore(connector, errors, maxReaders, clock(), limits(), observer()));
    }
  }
}
