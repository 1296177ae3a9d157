package dev.waymark.postgres;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.internal.Durations;
import dev.waymark.core.internal.Text;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StoreObserver;
import dev.waymark.core.store.Subscription;
import dev.waymark.jdbc.internal.JdbcStateStore;
import dev.waymark.postgres.internal.PostgresConnector;
import dev.waymark.postgres.internal.PostgresDialect;
import dev.waymark.postgres.internal.PostgresErrors;
import dev.waymark.postgres.internal.PostgresListener;
import dev.waymark.postgres.internal.PostgresNotifier;
import dev.waymark.postgres.internal.PostgresOpening;
import dev.waymark.postgres.internal.PostgresSchema;
import dev.waymark.postgres.internal.PostgresServer;
import dev.waymark.postgres.internal.PostgresSessions;
import dev.waymark.postgres.internal.PostgresSettings;
import dev.waymark.postgres.internal.connect.PostgresAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/**
 * The state store in a schema of a PostgreSQL database, version 14 or later.
 *
 * <p>Any number of threads, processes and machines may use the schema at the same time. A commit
 * that returns was synced to the server's disk. What another writer or a lost connection thwarts is
 * tried again for at most the retry time-out; a connection that is lost in the middle of a commit
 * is no exception, since the commit id tells whether it went through.
 *
 * <p>Nothing depends on the state of a session: every setting is made in the transaction that needs
 * it, whatever a role, a database or a server sets otherwise. So the store works behind a proxy
 * that pools transactions, such as PgBouncer. An opening detects it and does without prepared
 * statements unless {@code prepareThreshold} is set; workers then poll instead of being notified.
 */
public final class PostgresStateStore extends JdbcStateStore {
  private final PostgresListener listener;

  private PostgresStateStore(
      Builder builder,
      PostgresSettings settings,
      PostgresErrors errors,
      PostgresServer server,
      PostgresSessions sessions,
      DataSource outsideOfPool) {
    super(
        sessions,
        new PostgresDialect(settings, errors, server),
        builder.clock,
        builder.limits,
        settings.retryTimeout(),
        builder.observer);
    this.listener = new PostgresListener(outsideOfPool, settings.schema(), ready()::call);
    ready().announceBy(new PostgresNotifier(sessions, settings.schema()));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Who commits through another store is heard by LISTEN, on a connection that the store keeps
   * for that, beside its pool, while there is a subscription. Behind a proxy that pools
   * transactions the listener is notified of this store's own commits only.
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
   * Opens the store that a URL names, see {@link #builder(String)}.
   *
   * @throws StoreUnavailableException when the server does not answer or refuses the user
   * @throws dev.waymark.core.error.SchemaMismatchException when the server is too old, or the
   *     schema belongs to a newer version or to another program
   */
  public static PostgresStateStore open(String url) {
    return builder(url).build();
  }

  /**
   * Begins with what a URL says: {@code postgresql://user:password@host:port/database} or {@code
   * jdbc:postgresql://host:port/database}. After a question mark it may have settings of the store
   * ({@code schema}, {@code pool-size}, {@code pool-timeout}, {@code connect-timeout}, {@code
   * statement-timeout}, {@code lock-timeout}, {@code idle-timeout}, {@code retry-timeout}; a
   * duration is written as {@code 250ms} or {@code 1m30s}) and parameters of the driver.
   *
   * <p>User and password end at the last {@code @} in front of the next {@code /}, {@code ?} or
   * {@code #}. These characters themselves are written {@code %40}, {@code %2F}, {@code %3F} and
   * {@code %23} in a user or password; a URL that has them as they are, and so can be read in
   * several ways, is rejected. No message contains the URL.
   *
   * @throws InvalidInputException when the URL is not of this form
   */
  public static Builder builder(String url) {
    return builder(url, (name, value) -> false);
  }

  /**
   * Begins with what a URL says that may also have settings of the caller.
   *
   * @param others receives each parameter that is neither a setting of the store nor a parameter of
   *     the driver, by name and value, and returns whether it knows it
   * @throws InvalidInputException when the URL is not of the form, or has a parameter that nobody
   *     knows
   */
  public static Builder builder(String url, BiPredicate<String, String> others) {
    PostgresAddress address = PostgresAddress.parse(url, Builder.URL_SETTINGS.keySet(), others);
    Builder builder = new Builder(address, null);
    address.store().forEach((name, value) -> builder.set(name, value));
    return builder;
  }

  /**
   * Begins with a data source, which stays the caller's: the store neither sets it up nor closes
   * it. Give its connections a socket time-out above the statement time-out. The store uses one
   * connection for each call that is under way, for a commit at most two for all callers; while
   * somebody has subscribed by {@link #onReady}, it keeps one more for itself.
   *
   * <p><b>Transactions.</b> The store commits by itself and does not take part in a transaction of
   * the caller. A call is refused with {@link dev.waymark.core.error.CallerTransactionException}
   * when the data source gives it the connection of such a transaction, as Spring's {@code
   * TransactionAwareDataSourceProxy} and the data sources of JTA do. Pools may hand out connections
   * with autocommit on or off; they get them back as they were.
   *
   * <p><b>Size of the pool.</b> A thread that holds a connection of the pool while it calls the
   * store, for example inside {@code @Transactional}, needs two. When as many threads do so at the
   * same time as the pool has connections, each waits for another one until the time-out of the
   * pool ends the wait with {@link StoreUnavailableException}. Call the store outside of such a
   * section, or give it a pool of its own, which needs no more than the threads that call the store
   * plus one.
   */
  public static Builder builder(DataSource source) {
    return new Builder(null, source);
  }

  /** Collects the settings. Not thread-safe. */
  public static final class Builder {
    private static final Map<String, BiConsumer<Builder, String>> URL_SETTINGS = urlSettings();

    /** The most that, with the name and the id beside it, fits an entry of PostgreSQL's index. */
    private static final int MOST_LABEL_VALUE_BYTES = 2_048;

    private final @Nullable PostgresAddress address;
    private final @Nullable DataSource source;
    private String schema = "waymark";
    private int poolSize = 10;
    private Duration poolTimeout = Duration.ofSeconds(10);
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration statementTimeout = Duration.ofSeconds(30);
    private Duration lockTimeout = Duration.ofSeconds(10);
    private Duration idleTimeout = Duration.ofMinutes(1);
    private Duration retryTimeout = Duration.ofSeconds(30);
    private Limits limits = Limits.defaults();
    private InstantSource clock = InstantSource.system();
    private StoreObserver observer = StoreObserver.NONE;
    private Map<String, String> environment = System.getenv();
    private boolean createIfMissing = true;

    private Builder(@Nullable PostgresAddress address, @Nullable DataSource source) {
      this.address = address;
      this.source = source;
    }

    private static Map<String, BiConsumer<Builder, String>> urlSettings() {
      Map<String, BiConsumer<Builder, String>> settings = new LinkedHashMap<>();
      settings.put("schema", Builder::schema);
      settings.put("pool-size", (b, text) -> b.poolSize(number("pool-size", text)));
      settings.put("pool-timeout", (b, text) -> b.poolTimeout(duration("pool-timeout", text)));
      settings.put(
          "connect-timeout", (b, text) -> b.connectTimeout(duration("connect-timeout", text)));
      settings.put(
          "statement-timeout",
          (b, text) -> b.statementTimeout(duration("statement-timeout", text)));
      settings.put("lock-timeout", (b, text) -> b.lockTimeout(duration("lock-timeout", text)));
      settings.put("idle-timeout", (b, text) -> b.idleTimeout(duration("idle-timeout", text)));
      settings.put("retry-timeout", (b, text) -> b.retryTimeout(duration("retry-timeout", text)));
      return settings;
    }

    private void set(String name, String value) {
      BiConsumer<Builder, String> setting = URL_SETTINGS.get(name);
      if (setting != null) {
        setting.accept(this, value);
      }
    }

    private static Duration duration(String name, String text) {
      Duration duration = Durations.parse(text);
      if (duration == null) {
        throw new InvalidInputException(
            name + " " + Text.quote(text) + " is no duration; write for example 250ms or 1m30s");
      }
      return duration;
    }

    private static int number(String name, String text) {
      try {
        return Integer.parseInt(text);
      } catch (NumberFormatException e) {
        throw new InvalidInputException(
            name + " " + Text.quote(text) + " is no whole number; write for example 10");
      }
    }

    /**
     * The URL without its secrets, as a message may show it.
     *
     * @throws InvalidInputException when a data source was given
     */
    public String shownUrl() {
      if (address == null) {
        throw new InvalidInputException("a store on a data source has no URL");
      }
      return address.shown();
    }

    /** The schema that holds the tables, created when it is missing; {@code waymark} by default. */
    public Builder schema(String schema) {
      this.schema = schema;
      return this;
    }

    /**
     * Whether a schema that is missing is created; true by default. Who only reads says false, so
     * that a misspelt database or schema is an error.
     */
    public Builder createIfMissing(boolean create) {
      this.createIfMissing = create;
      return this;
    }

    /** The user who connects; by default that of the URL, or of the operating system. */
    public Builder user(String user) {
      return property(PGProperty.USER, user);
    }

    /**
     * The password; by default that of the URL, else of {@code PGPASSWORD}, else of the password
     * file that {@code PGPASSFILE} names, else of {@code $HOME/.pgpass}. As with {@code psql}, a
     * password file that others may use is ignored.
     */
    public Builder password(String password) {
      return property(PGProperty.PASSWORD, password);
    }

    /**
     * The variables that say where the password is: {@code PGPASSWORD}, {@code PGPASSFILE} and
     * {@code HOME}; by default those of this process.
     */
    public Builder environment(Map<String, String> environment) {
      this.environment = Map.copyOf(environment);
      return this;
    }

    /**
     * A parameter of the driver, such as {@code sslmode}.
     *
     * @throws InvalidInputException when the driver has no such parameter
     */
    public Builder property(String name, String value) {
      PGProperty property = PGProperty.forName(name);
      if (property == null) {
        throw new InvalidInputException(
            "the PostgreSQL JDBC driver has no parameter " + Text.quote(name));
      }
      return property(property, value);
    }

    private Builder property(PGProperty property, String value) {
      if (address == null) {
        throw new InvalidInputException(
            property.getName() + " is a matter of the data source; set it there");
      }
      address.set(property, value);
      return this;
    }

    /**
     * How many connections there may be at the same time; 10 by default. One more is opened while
     * somebody has subscribed by {@link #onReady}.
     */
    public Builder poolSize(int connections) {
      this.poolSize = connections;
      return this;
    }

    /** How long to wait for a free connection, at least 250 ms; 10 seconds by default. */
    public Builder poolTimeout(Duration timeout) {
      this.poolTimeout = timeout;
      return this;
    }

    /** How long a new connection may take to come about; 10 seconds by default. */
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = timeout;
      return this;
    }

    /** How long a statement may take; 30 seconds by default. */
    public Builder statementTimeout(Duration timeout) {
      this.statementTimeout = timeout;
      return this;
    }

    /** How long a statement may wait for a lock of another transaction; 10 seconds by default. */
    public Builder lockTimeout(Duration timeout) {
      this.lockTimeout = timeout;
      return this;
    }

    /**
     * After how long the server ends a transaction in which nothing happens, as when this process
     * was stopped; one minute by default.
     */
    public Builder idleTimeout(Duration timeout) {
      this.idleTimeout = timeout;
      return this;
    }

    /**
     * How long something is tried again that another writer or a lost connection thwarted; 30
     * seconds by default.
     */
    public Builder retryTimeout(Duration timeout) {
      this.retryTimeout = timeout;
      return this;
    }

    /**
     * The limits; {@link Limits#defaults()} by default. The value of a label may have 2,048 bytes
     * here at the most.
     */
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
     * Opens the store. A server that is there but not ready, because it starts, recovers or has no
     * connection left, is waited for within the retry time-out; one that is not found is not.
     *
     * @throws InvalidInputException when a setting is out of range
     * @throws StoreUnavailableException when the server does not answer or refuses the user
     * @throws dev.waymark.core.error.SchemaMismatchException when the server is too old, or the
     *     schema belongs to a newer version or to another program
     */
    public PostgresStateStore build() {
      PostgresSettings settings = settings();
      if (source != null) {
        DataSource given = source;
        PostgresErrors errors = PostgresErrors.ofDataSource(settings);
        return new PostgresOpening(settings, errors)
            .open(() -> prepare(settings, errors, PostgresSessions.of(given, errors), given));
      }
      PostgresAddress.Login login = Objects.requireNonNull(address).login(environment);
      PostgresErrors errors = PostgresErrors.of(login, settings);
      return new PostgresOpening(settings, errors)
          .open(() -> connect(login.address(), settings, errors));
    }

    private PostgresSettings settings() {
      if (limits.maxLabelValueBytes() > MOST_LABEL_VALUE_BYTES) {
        throw new InvalidInputException(
            "limit maxLabelValueBytes is "
                + limits.maxLabelValueBytes()
                + "; on PostgreSQL, whose index holds the values, it can be at most "
                + MOST_LABEL_VALUE_BYTES);
      }
      return new PostgresSettings(
          schema,
          poolSize,
          poolTimeout,
          connectTimeout,
          statementTimeout,
          lockTimeout,
          idleTimeout,
          retryTimeout);
    }

    private PostgresStateStore connect(
        PostgresAddress address, PostgresSettings settings, PostgresErrors errors)
        throws SQLException {
      PostgresConnector connector = new PostgresConnector(address, settings);
      PostgresSessions sessions = PostgresSessions.pooled(connector, settings);
      return prepare(settings, errors, sessions, connector);
    }

    private PostgresStateStore prepare(
        PostgresSettings settings,
        PostgresErrors errors,
        PostgresSessions sessions,
        DataSource outsideOfPool)
        throws SQLException {
      boolean ready = false;
      try {
        if (!createIfMissing) {
          PostgresOpening.requireStore(sessions, settings, errors);
        }
        PostgresServer server = new PostgresSchema(settings, errors).prepare(sessions);
        ready = true;
        return new PostgresStateStore(this, settings, errors, server, sessions, outsideOfPool);
      } finally {
        if (!ready) {
          sessions.close();
        }
      }
    }
  }
}
