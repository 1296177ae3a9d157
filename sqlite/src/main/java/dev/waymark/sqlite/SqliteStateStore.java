package dev.waymark.sqlite;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StoreObserver;
import dev.waymark.core.store.Subscription;
import dev.waymark.jdbc.internal.JdbcStateStore;
import dev.waymark.jdbc.internal.sql.FailedCall;
import dev.waymark.sqlite.internal.SqliteConnector;
import dev.waymark.sqlite.internal.SqliteDialect;
import dev.waymark.sqlite.internal.SqliteErrors;
import dev.waymark.sqlite.internal.SqliteListener;
import dev.waymark.sqlite.internal.SqliteSchema;
import dev.waymark.sqlite.internal.SqliteSessions;
import dev.waymark.sqlite.internal.StoreFile;
import dev.waymark.sqlite.internal.WalSize;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;

/**
 * The state store in one SQLite file: nothing to install, nothing to run beside it.
 *
 * <p>Any number of threads and processes of one machine may use the file at the same time; writers
 * wait for each other for at most the busy time-out. A commit that returns survives {@code kill -9}
 * and loss of power: the file is in WAL mode and the log is synced at every commit. The file must
 * be on a local disk.
 *
 * <p>Never open, copy or delete the file or its {@code -wal} and {@code -shm} companions by other
 * means than SQLite while it is in use: within the same process even opening one of them drops
 * SQLite's locks. For a copy use {@code VACUUM INTO}.
 */
public final class SqliteStateStore extends JdbcStateStore {
  /** A file is not tried again: SQLite itself waits for its lock. This bounds trying apart. */
  private static final Duration LONGEST = Duration.ofHours(1);

  /**
   * How long a call waits for the reads of other threads to end; it has nothing to do with other
   * processes.
   */
  private static final Duration READER_TIMEOUT = Duration.ofSeconds(30);

  private final SqliteListener listener;

  private SqliteStateStore(Builder builder, SqliteConnector connector, SqliteErrors errors) {
    super(
        new SqliteSessions(connector, builder.maxReaders, READER_TIMEOUT),
        new SqliteDialect(errors),
        builder.clock,
        builder.limits,
        LONGEST,
        builder.observer);
    this.listener = new SqliteListener(connector, ready()::call);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Who commits through another store, in whichever process, is heard within a twentieth of a
   * second, on a connection that the store keeps for that while there is a subscription. It tells
   * of everything that is written, whether or not something became ready by it.
   */
  @Override
  public Subscription onReady(Runnable listener) {
    return this.listener.during(super.onReady(listener));
  }

  @Override
  public void close() {
    listener.close();
    super.close();
  }

  /**
   * How many bytes of the write-ahead log ({@code -wal}) are in use: what was committed since the
   * log last began anew. It does so when all of it has been brought into the file and nobody reads
   * from it, so a number that only grows tells of a reader that does not end. The log on the disk
   * may be larger, since SQLite writes over it rather than make it shorter.
   *
   * <p>SQLite itself is asked, and does nothing else about it; the question waits for no writer.
   *
   * @throws StoreUnavailableException when the file cannot be read
   */
  public long walBytes() {
    return Objects.requireNonNull(look("measure the write-ahead log", WalSize::bytes));
  }

  /**
   * Opens the store in this file with the default settings; the file is created when it is not
   * there.
   *
   * @throws StoreUnavailableException when the file cannot be opened or stays locked
   * @throws dev.waymark.core.error.SchemaMismatchException when it is not a Waymark store or that
   *     of a newer version
   */
  public static SqliteStateStore open(Path file) {
    return builder(file).build();
  }

  /** Begins with the default settings. */
  public static Builder builder(Path file) {
    return new Builder(file);
  }

  /** Collects the settings. Not thread-safe. */
  public static final class Builder {
    private static final long PAGE_BYTES = 4096;
    private static final long MOST_PAGES = 4_294_967_294L;

    private final Path file;
    private Duration busyTimeout = Duration.ofSeconds(10);
    private boolean createIfMissing = true;
    private int maxReaders = 4;
    private long maxFileBytes = MOST_PAGES * PAGE_BYTES;
    private Limits limits = Limits.defaults();
    private InstantSource clock = InstantSource.system();
    private StoreObserver observer = StoreObserver.NONE;

    private Builder(Path file) {
      this.file = file.toAbsolutePath().normalize();
    }

    /** How long to wait for another process to let go of the file; 10 seconds by default. */
    public Builder busyTimeout(Duration timeout) {
      if (timeout.isNegative() || timeout.compareTo(Duration.ofHours(1)) > 0) {
        throw new InvalidInputException(
            "busy time-out " + timeout + " is out of range; use 0 to 1 hour");
      }
      this.busyTimeout = timeout;
      return this;
    }

    /**
     * Whether a file that is missing or empty becomes a new store; true by default. Who only reads
     * says false, so that a misspelt path is an error.
     */
    public Builder createIfMissing(boolean create) {
      this.createIfMissing = create;
      return this;
    }

    /** How many reads may go on at the same time; 4 by default. */
    public Builder maxReaders(int readers) {
      if (readers < 1) {
        throw new InvalidInputException(
            "maxReaders " + readers + " is out of range; use 1 or more");
      }
      this.maxReaders = readers;
      return this;
    }

    /**
     * To how many bytes the file may grow; a commit that needs more is refused as if the disk were
     * full. SQLite's own bound, about 17.5 TB, by default.
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

    /** The limits; {@link Limits#defaults()} by default. */
    public Builder limits(Limits limits) {
      this.limits = limits;
      return this;
    }

    /** Where the time of commits comes from; the system's clock by default. */
    public Builder clock(InstantSource clock) {
      this.clock = clock;
      return this;
    }

    /** Who hears of each group of commits and each claim; nobody by default. */
    public Builder observer(StoreObserver observer) {
      this.observer = observer;
      return this;
    }

    /**
     * Opens the store. A new file, with its companions, can be read and written by its user alone,
     * whatever the umask; the permissions of a file that exists are left as they are.
     *
     * @throws StoreUnavailableException when the file cannot be opened or stays locked, is missing
     *     and may not be created, or has more than one name: as a hard link, or because the file
     *     itself is mounted, it would have more than one write-ahead log
     * @throws dev.waymark.core.error.SchemaMismatchException when it is not a Waymark store or that
     *     of a newer version
     */
    public SqliteStateStore build() {
      Path real = StoreFile.prepare(file, createIfMissing);
      SqliteErrors errors = new SqliteErrors(real, busyTimeout);
      SqliteConnector connector = new SqliteConnector(real, busyTimeout, maxFileBytes / PAGE_BYTES);
      try {
        new SqliteSchema(real).prepare(connector);
      } catch (SQLException e) {
        throw errors.explain("open the store", e, FailedCall.OPENING);
      } catch (LinkageError e) {
        throw errors.noNativeLibrary(e);
      }
      return new SqliteStateStore(this, connector, errors);
    }
  }
}
