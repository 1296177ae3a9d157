package dev.waymark.core.spi;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import java.nio.file.Path;

/**
 * The URL of a store, read and checked. The backend that the scheme names must be on the class
 * path.
 *
 * <pre>{@code
 * StoreOptions options = StoreOptions.builder().createIfMissing(false).build();
 * try (StateStore store = StoreUrl.parse("sqlite:flows.db", options).open()) {
 *   …
 * }
 * }</pre>
 *
 * <p>Thread-safe.
 *
 * @since 0.1.0
 */
public interface StoreUrl {
  /**
   * Reads a URL. Opens nothing. No message shows the URL, because any part of an invalid URL can
   * contain a password.
   *
   * @throws InvalidInputException when the URL is not valid, or when no backend has its scheme; the
   *     message lists the forms of the URLs that can be used
   */
  static StoreUrl parse(String url, StoreOptions options) {
    return StoreProviders.read(url, options);
  }

  /** Returns the URL that the user gave, without the password. */
  String shown();

  /** Returns the limits of the store: those of the options, changed by the URL. */
  Limits limits();

  /** Returns the directory of the log files of attempts that this machine runs. */
  Path logDirectory();

  /**
   * Opens the store; the caller closes it. Can be called again, also after a failure.
   *
   * @throws dev.waymark.core.error.StoreUnavailableException when it cannot be opened, or is
   *     missing and may not be created
   * @throws dev.waymark.core.error.SchemaMismatchException when this version cannot use its schema
   */
  StateStore open();
}
