package dev.waymark.core.spi;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StoreObserver;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/**
 * How a program opens a store by its URL: everything that does not depend on the backend and is not
 * part of the URL. Immutable. It has no text form, because the environment can contain a password.
 *
 * @since 0.1.0
 */
public final class StoreOptions {
  private final boolean createIfMissing;
  private final boolean readOnly;
  private final Limits limits;
  private final InstantSource clock;
  private final StoreObserver observer;
  private final Path home;
  private final Map<String, String> environment;
  private final boolean silencesDriver;

  private StoreOptions(Builder builder) {
    this.createIfMissing = builder.createIfMissing();
    this.readOnly = builder.readOnly;
    this.limits = builder.limits();
    this.clock = builder.clock();
    this.observer = builder.observer();
    this.home = builder.home;
    this.environment = builder.environment;
    this.silencesDriver = builder.silencesDriver;
  }

  /** Returns the default options. */
  public static StoreOptions defaults() {
    return builder().build();
  }

  /** Begins with the default options. */
  public static Builder builder() {
    return new Builder();
  }

  /** Whether a missing store is created. */
  public boolean createIfMissing() {
    return createIfMissing;
  }

  /** Whether the store is only read, and can be a replica. */
  public boolean readOnly() {
    return readOnly;
  }

  /**
   * Refuses a read-only store, for a backend that has none.
   *
   * @param url names the store in the error
   * @throws InvalidInputException when the store is to be {@linkplain #readOnly read-only}
   */
  public void refuseReadOnly(String url) {
    if (readOnly) {
      throw new InvalidInputException(
          "no read-only store at "
              + url
              + ": it has no replicas; give the URL of a PostgreSQL server, or read from the store"
              + " itself");
    }
  }

  /** The limits of the store, of which the URL may change some. */
  public Limits limits() {
    return limits;
  }

  /** The clock for the time of commits. */
  public InstantSource clock() {
    return clock;
  }

  /** The observer of each group of commits and each claim. */
  public StoreObserver observer() {
    return observer;
  }

  /** The home directory of the user. */
  public Path home() {
    return home;
  }

  /** The environment variables. */
  public Map<String, String> environment() {
    return environment;
  }

  /** Whether the database driver of the backend writes no log records. */
  public boolean silencesDriver() {
    return silencesDriver;
  }

  /** The directory of log files for a store that has no folder of its own. */
  public Path logDirectory() {
    return home.resolve(".waymark").resolve("logs");
  }

  /** Collects the options. Not thread-safe. */
  public static final class Builder extends StoreBuilder<Builder> {
    private Path home = Path.of(System.getProperty("user.home", ""));
    private Map<String, String> environment = System.getenv();
    private boolean silencesDriver;
    private boolean readOnly;

    private Builder() {}

    @Override
    protected Builder self() {
      return this;
    }

    /** The home directory, for {@code ~/} and password files; by default that of the user. */
    public Builder home(Path home) {
      this.home = home;
      return this;
    }

    /** The environment variables, for passwords; by default those of this process. */
    public Builder environment(Map<String, String> environment) {
      this.environment = Map.copyOf(environment);
      return this;
    }

    /**
     * Whether to turn off the log records of the database driver in this process; false by default.
     * For a program in which every error reaches the user in a message of its own.
     */
    public Builder silencesDriver(boolean silences) {
      this.silencesDriver = silences;
      return this;
    }

    /**
     * Whether the store is only read; false by default. On PostgreSQL, a standby is then used if
     * there is one. A read-only store creates and migrates nothing, and refuses writes. SQLite has
     * no such stores.
     */
    public Builder readOnly(boolean only) {
      this.readOnly = only;
      return this;
    }

    /** Builds the options. */
    public StoreOptions build() {
      return new StoreOptions(this);
    }
  }
}
