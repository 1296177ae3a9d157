package dev.waymark.testkit;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.spi.LimitSettings;
import dev.waymark.core.spi.StoreOptions;
import dev.waymark.core.spi.StoreProvider;
import dev.waymark.core.spi.StoreUrl;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Reads the URLs {@code memory:NAME}: stores in the memory of this process, for tests. All stores
 * with one name share their records, which are kept until the process ends, as those of a database
 * are kept when no store is open.
 *
 * <p>It is in the testkit, with {@link InMemoryStateStore}, so that a program has it only where the
 * testkit is on its class path: no command of an installed program can name a store that loses what
 * it acknowledged.
 *
 * @since 0.1.0
 */
public final class MemoryProvider implements StoreProvider {
  private static final String SCHEME = "memory";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /** The first store of each name. */
  private static final Map<String, InMemoryStateStore> STORES = new ConcurrentHashMap<>();

  @Override
  public List<String> schemes() {
    return List.of(SCHEME);
  }

  @Override
  public String form() {
    return "memory:NAME";
  }

  @Override
  public StoreUrl read(String url, StoreOptions options) {
    String rest = url.substring(url.indexOf(':') + 1);
    int question = rest.indexOf('?');
    String name = question < 0 ? rest : rest.substring(0, question);
    if (!NAME.matcher(name).matches()) {
      throw new InvalidInputException(
          "the memory: URL has no valid name; use memory:NAME with letters, digits, '.', '_' and"
              + " '-'");
    }
    LimitSettings settings = new LimitSettings(options.limits());
    if (question >= 0) {
      settings.takeAll(rest.substring(question + 1), Set.of(), (setting, value) -> {});
    }
    return new MemoryUrl(url, name, settings.limits(), options);
  }

  /**
   * The URL of a store in memory.
   *
   * @param shown the URL that the user gave
   * @param name the name of the store
   * @param limits the limits
   * @param options how to open it
   */
  private record MemoryUrl(String shown, String name, Limits limits, StoreOptions options)
      implements StoreUrl {
    @Override
    public Path logDirectory() {
      return options.logDirectory();
    }

    @Override
    public StateStore open() {
      options.refuseReadOnly(shown);
      InMemoryStateStore first =
          options.createIfMissing()
              ? STORES.computeIfAbsent(name, missing -> new InMemoryStateStore())
              : STORES.get(name);
      if (first == null) {
        throw new StoreUnavailableException(
            "no store at " + SCHEME + ":" + name + "; create it first in this process", null);
      }
      return first.openAnother(options.clock(), limits);
    }
  }
}
