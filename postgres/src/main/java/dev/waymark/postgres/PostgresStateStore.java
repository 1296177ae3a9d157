package dev.waymark.postgres;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.internal.Durations;
import dev.waymark.core.internal.Text;
import dev.waymark.core.spi.StoreBuilder;
import dev.waymark.core.store.ForwardingStateStore;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Subscription;
import dev.waymark.jdbc.TransactionalStore;
import dev.waymark.postgres.internal.PostgresConnector;
import dev.waymark.postgres.internal.PostgresErrors;
import dev.waymark.postgres.internal.PostgresOpening;
import dev.waymark.postgres.internal.PostgresSchema;
import dev.waymark.postgres.internal.PostgresServer;
import dev.waymark.postgres.internal.PostgresSessions;
import dev.waymark.postgres.internal.PostgresSettings;
import dev.waymark.postgres.internal.PostgresStore;
import dev.waymark.postgres.internal.ReadOnlyStore;
import dev.waymark.postgres.internal.connect.PostgresAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/**
 * The state store in a schema of a PostgreSQL database, version 14 or later.
 *
 * <p>Any number of threads, processes and machines may use the schema at the same time. A commit
 * that returns was synced to the server's disk. After a conflict with another writer or a lost
 * connection, the store retries for at most the retry time-out. This includes a connection that is
 * lost in the middle of a commit, because the commit id shows whether it succeeded.
 *
 * <p>Nothing depends on settings of a role, a database or a server: the store makes every setting
 * itself. So the store works behind a proxy that pools transactions, such as PgBouncer. The store
 * detects such a proxy when it is opened, and then uses no prepared statements unless {@code
 * prepareThreshold} is set. Behind it, workers poll instead of being notified.
 *
 * <p>For example:
 *
 * <pre>{@code
 * try (StateStore store = PostgresStateStore.open("postgresql://worker@db.example.com/flows")) {
 *   System.out.println(store.workflows(PageRequest.first(10)).total());
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
public final class PostgresStateStore extends ForwardingStateStore implements TransactionalStore {
  private final Function<Connection, StateStore> within;
  private final BooleanSupplier writable;

  private PostgresStateStore(
      StateStore store, Function<Connection, StateStore> within, BooleanSupplier writable) {
    super(store);
    this.within = within;
    this.writable = writable;
  }

  /**
   * Returns whether the store can write: it was not opened read-only, and its server is no standby.
   * Asks the server.
   *
   * @throws StoreUnavailableException when the server does not respond
   */
  public boolean isWritable() {
    return writable.getAsBoolean();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Workers are notified by the caller's COMMIT. So a transaction that makes something ready
   * cannot be prepared for a two-phase commit, as JTA does with several databases.
   *
   * @throws dev.waymark.core.error.StoreRejectedException when the store was opened read-only
   */
  @Override
  public StateStore within(Connection connection) {
    return within.apply(connection);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The store is notified of commits through other stores by LISTEN. It keeps one connection for
   * that, outside its pool, while there is a subscription. Behind a proxy that pools transactions,
   * the listener is notified only of commits of this store.
   */
  @Override
  public Subscription onReady(Runnable listener) {
    return delegate().onReady(listener);
  }

  /**
   * Opens the store that a URL names; see {@link #builder(String)}.
   *
   * @throws StoreUnavailableException when the server does not respond or rejects the user
   * @throws dev.waymark.core.error.SchemaMismatchException when the server is too old, or the
   *     schema belongs to a newer version or to another program
   */
  public static PostgresStateStore open(String url) {
    return builder(url).build();
  }

  /** The version of the schema that this version of Waymark works with, and migrates others to. */
  public static int schemaVersion() {
    return PostgresSchema.VERSION;
  }

  /**
   * Begins with the settings of a URL: {@code postgresql://user:password@host:port/database} or
   * {@code jdbc:postgresql://host:port/database}. After a question mark it may have settings of the
   * store ({@code schema}, {@code pool-size}, {@code pool-timeout}, {@code connect-timeout}, {@code
   * statement-timeout}, {@code lock-timeout}, {@code idle-timeout}, {@code retry-timeout}, {@code
   * read-only}; a duration is written as {@code 250ms} or {@code 1m30s}) and parameters of the
   * driver.
   *
   * <p>User and password end at the last {@code @} in front of the next {@code /}, {@code ?} or
   * {@code #}. These characters themselves are written {@code %40}, {@code %2F}, {@code %3F} and
   * {@code %23} in a user or password; a URL that contains them unescaped is ambiguous and is
   * rejected. No message contains the URL.
   *
   * @throws InvalidInputException when the URL is not of this form
   */
  public static Builder builder(String url) {
    return builder(url, (name, value) -> false);
  }

  /**
   * Begins with the settings of a URL that may also contain settings of the caller.
   *
   * @param others receives each parameter that is neither a setting of the store nor a parameter of
   *     the driver, by name and value, and returns whether it knows it
   * @throws InvalidInputException when the URL does not have the form, or has an unknown parameter
   */
  public static Builder builder(String url, BiPredicate<String, String> others) {
    PostgresAddress address = PostgresAddress.parse(url, Builder.URL_SETTINGS.keySet(), others);
    Builder builder = new Builder(address, null);
    address.store().forEach((name, value) -> builder.set(name, value));
    return builder;
  }

  /**
   * Begins with a data source of the caller. The store neither configures nor closes it. Give its
   * connections a socket time-out above the statement time-out. The store uses one connection for
   * each call in flight; all commits together use at most two. While there is a subscription of
   * {@link #onReady}, it keeps one more connection.
   *
   * <p><b>Transactions.</b> The store commits its own transactions. Only {@link #within} takes part
   * in a transaction of the caller. Another call is refused with {@link
   * dev.waymark.core.error.CallerTransactionException} when the data source gives it the connection
   * of such a transaction, as Spring's {@code TransactionAwareDataSourceProxy} and the data sources
   * of JTA do. Pools may supply connections with autocommit on or off; the store returns them
   * unchanged.
   *
   * <p><b>Size of the pool.</b> A thread that holds a connection of the pool while it calls the
   * store, for example inside {@code @Transactional}, needs two. When as many threads do so at the
   * same time as the pool has connections, each waits for another connection until the pool
   * time-out; then the call throws {@link StoreUnavailableException}. Call the store outside such a
   * section, or give it a separate pool. That pool needs at most one connection per thread that
   * calls the store, plus one.
   */
  public static Builder builder(DataSource source) {
    return new Builder(null, source);
  }

  /**
   * Collects the settings. On PostgreSQL, the limit of a label value can be at most 2,048 bytes.
   * Not thread-safe.
   */
  public static final class Builder extends StoreBuilder<Builder> {
    private static final Map<String, BiConsumer<Builder, String>> URL_SETTINGS = urlSettings();

    /** The maximum that fits an index entry of PostgreSQL together with the name and the id. */
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
    private Map<String, String> environment = System.getenv();
    private boolean readOnly;

    private Builder(@Nullable PostgresAddress address, @Nullable DataSource source) {
      this.address = address;
      this.source = source;
    }

    @Override
    protected Builder self() {
      return this;
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
      settings.put("read-only", (b, text) -> b.readOnly(truth("read-only", text)));
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
            name + " " + Text.quote(text) + " is not a duration; write for example 250ms or 1m30s");
      }
      return duration;
    }

    private static boolean truth(String name, String text) {
      if (text.equals("true") || text.equals("false")) {
        return text.equals("true");
      }
      throw new InvalidInputException(name + " " + Text.quote(text) + " is not true or false");
    }

    private static int number(String name, String text) {
      try {
        return Integer.parseInt(text);
      } catch (NumberFormatException e) {
        throw new InvalidInputException(
            name + " " + Text.quote(text) + " is not a whole number; write for example 10");
      }
    }

    /**
     * Returns the URL without its secrets, for messages.
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

    /** The user of the connection; by default the user of the URL, or of the operating system. */
    public Builder user(String user) {
      return property(PGProperty.USER, user);
    }

    /**
     * The password; by default that of the URL, else of {@code PGPASSWORD}, else of the password
     * file that {@code PGPASSFILE} names, else of {@code $HOME/.pgpass}. As with {@code psql}, a
     * password file that other users may access is ignored.
     */
    public Builder password(String password) {
      return property(PGProperty.PASSWORD, password);
    }

    /**
     * The environment variables for the password: {@code PGPASSWORD}, {@code PGPASSFILE} and {@code
     * HOME}; by default those of this process.
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
            property.getName()
                + " cannot be set on a store with a data source; set it in the data source");
      }
      address.set(property, value);
      return this;
    }

    /**
     * Maximum number of connections; 10 by default. The store opens one more while there is a
     * subscription of {@link #onReady}.
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

    /** How long opening a connection may take; 10 seconds by default. */
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
     * How long a transaction may be idle before the server ends it, for example because this
     * process was suspended; one minute by default.
     */
    public Builder idleTimeout(Duration timeout) {
      this.idleTimeout = timeout;
      return this;
    }

    /**
     * How long the store retries after a conflict with another writer or a lost connection; 30
     * seconds by default.
     */
    public Builder retryTimeout(Duration timeout) {
      this.retryTimeout = timeout;
      return this;
    }

    /**
     * Whether the store is only read; false by default. Such a store uses a standby if the URL
     * names one, and else the primary; the parameter {@code targetServerType} of the driver changes
     * that. It creates and migrates nothing. It refuses writes and claims with {@link
     * dev.waymark.core.error.StoreRejectedException}, and calls no listener of {@link #onReady}.
     * {@link #replicaLag} says how old what it reads can be.
     */
    public Builder readOnly(boolean only) {
      this.readOnly = only;
      return this;
    }

    /**
     * Opens the store. Waits within the retry time-out for a server that is found but not ready,
     * because it starts, recovers or has no free connection. Does not wait for a server that is not
     * found.
     *
     * @throws InvalidInputException when a setting is out of range
     * @throws StoreUnavailableException when the server does not respond or rejects the user
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
      if (limits().maxLabelValueBytes() > MOST_LABEL_VALUE_BYTES) {
        throw new InvalidInputException(
            "limit maxLabelValueBytes is "
                + limits().maxLabelValueBytes()
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
      if (readOnly) {
        address.setDefault(PGProperty.TARGET_SERVER_TYPE, "preferSecondary");
      }
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
        if (readOnly || !createIfMissing()) {
          PostgresOpening.requireStore(sessions, settings, errors);
        }
        PostgresSchema schema = new PostgresSchema(settings, errors);
        PostgresServer server = readOnly ? schema.require(sessions) : schema.prepare(sessions);
        PostgresStore store =
            PostgresStore.of(
                settings, errors, server, sessions, outsideOfPool, clock(), limits(), observer());
        if (source != null) {
          store.learnDatabase();
        }
        ready = true;
        if (readOnly) {
          ReadOnlyStore reading = new ReadOnlyStore(store, errors);
          return new PostgresStateStore(
              reading,
              connection -> {
                throw reading.refusedTransaction();
              },
              () -> false);
        }
        return new PostgresStateStore(store, store::within, store::isOnPrimary);
      } finally {
        if (!ready) {
          sessions.close();
        }
      }
    }
  }
}
