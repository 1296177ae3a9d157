package dev.waymark.cli.internal.command.base;

import dev.waymark.cli.internal.base.LocalZone;
import dev.waymark.cli.internal.base.Surroundings;
import dev.waymark.cli.internal.output.Format;
import dev.waymark.cli.internal.output.Messages;
import dev.waymark.cli.internal.output.Output;
import dev.waymark.cli.internal.output.Paint;
import dev.waymark.cli.internal.output.Printer;
import dev.waymark.cli.internal.output.Views;
import dev.waymark.cli.internal.store.DefaultStore;
import dev.waymark.cli.internal.store.Lookup;
import dev.waymark.cli.internal.syntax.Arguments;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.core.internal.Durations;
import dev.waymark.core.spi.StoreOptions;
import dev.waymark.core.spi.StoreUrl;
import dev.waymark.core.store.StateStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The context of a command: its arguments, its streams and the store. The store is opened on first
 * use and closed at the end.
 */
public final class Context implements AutoCloseable {
  private final Surroundings surroundings;
  private final Arguments arguments;
  private final Output out;
  private final Messages messages;
  private final boolean createsStore;
  private final boolean reads;
  private @Nullable StoreUrl storeUrl;
  private @Nullable StateStore store;

  /** Creates the context of one run of a command. */
  public Context(
      Surroundings surroundings,
      Command command,
      Arguments arguments,
      Output out,
      Messages messages) {
    this.surroundings = surroundings;
    this.arguments = arguments;
    this.out = out;
    this.messages = messages;
    this.createsStore = command.createsStore(arguments);
    this.reads = command.reads();
  }

  /** The environment of the program. */
  public Surroundings surroundings() {
    return surroundings;
  }

  /** The arguments of the command line. */
  public Arguments arguments() {
    return arguments;
  }

  /** Standard output. */
  public Output out() {
    return out;
  }

  /** Standard error. */
  public Messages messages() {
    return messages;
  }

  /** Whether the user requested verbose output. */
  boolean verbose() {
    return arguments.has(CommonOptions.VERBOSE);
  }

  /** The URL of the store that the user selected. */
  public StoreUrl storeUrl() {
    if (storeUrl == null) {
      String given = arguments.value(CommonOptions.STORE);
      if (given == null) {
        String variable = surroundings.environment().getOrDefault("WAYMARK_STORE", "");
        given = variable.isEmpty() ? DefaultStore.URL : variable;
      }
      storeUrl = StoreUrl.parse(given, storeOptions(false));
    }
    return storeUrl;
  }

  /** The URL of a replica for a command that only reads, or null if there is none. */
  private @Nullable StoreUrl replicaUrl() {
    String given = arguments.value(CommonOptions.READ_STORE);
    if (given == null) {
      given = surroundings.environment().get("WAYMARK_READ_STORE");
    }
    if (!reads || given == null || given.isEmpty()) {
      return null;
    }
    return StoreUrl.parse(given, storeOptions(true));
  }

  /** Everything that a driver logs is also reported as an error with a message of Waymark. */
  private StoreOptions storeOptions(boolean readOnly) {
    return StoreOptions.builder()
        .readOnly(readOnly)
        .createIfMissing(createsStore)
        .home(surroundings.home())
        .environment(surroundings.environment())
        .silencesDriver(true)
        .build();
  }

  /** The store, or a replica of it; opened by the first call. */
  public StateStore store() {
    if (store == null) {
      zone().keep();
      StoreUrl replica = replicaUrl();
      if (replica != null) {
        store = replica.open();
        sayLag(store);
        return store;
      }
      if (storeUrl().shown().equals(DefaultStore.URL)) {
        DefaultStore.prepareFolder(surroundings.home(), createsStore);
      }
      store = storeUrl().open();
    }
    return store;
  }

  private void sayLag(StateStore replica) {
    Duration lag = replica.replicaLag();
    if (lag != null) {
      messages.say(
          lag.isZero()
              ? "read from a replica that has applied all that it received"
              : "read from a replica that can be " + Durations.format(lag) + " behind");
    }
  }

  /** The directory of the log files of attempts. */
  public Path logDirectory() {
    return storeUrl().logDirectory();
  }

  /** Finds records by an abbreviated id. */
  public Lookup lookup() {
    return new Lookup(store());
  }

  /** The requested output format. */
  public Format format() {
    return Format.named(arguments.value(CommonOptions.FORMAT));
  }

  /** A printer for the requested output format. */
  public Printer printer() {
    return new Printer(
        format(),
        out,
        Paint.when(surroundings.terminal().coloursOnOut(surroundings.environment())),
        messages);
  }

  /** The fields and columns of records. */
  public Views views() {
    return new Views(zone(), now());
  }

  /** The current time. */
  public Instant now() {
    return surroundings.clock().instant();
  }

  /** The time zone of local times. */
  public LocalZone zone() {
    return surroundings.zone();
  }

  /** Returns a command line for a hint; it names the same store. */
  public String commandLine(String words) {
    boolean named = arguments.value(CommonOptions.STORE) != null;
    String store = named ? "--store " + ShellWords.quote(storeUrl().shown()) + " " : "";
    return "waymark " + store + words;
  }

  @Override
  public void close() {
    if (store != null) {
      store.close();
    }
  }
}
