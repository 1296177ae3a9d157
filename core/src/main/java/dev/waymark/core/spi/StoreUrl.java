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

  /**
   * Copies the store, which may be in use, into a new file: everything that was committed when the
   * call began. Verifies the copy, and makes it durable.
   *
   * @param file the file, which must not exist
   * @throws InvalidInputException when the file exists, or stores of this kind cannot be copied
   *     into a file
   * @throws dev.waymark.core.error.StoreUnavailableException when the store is missing, or the copy
   *     cannot be written; then there is no file
   * @throws dev.waymark.core.error.StoreDamagedException when the store is damaged
   */
  default StoreCopy backup(Path file) {
    throw notCopied();
  }

  /**
   * Makes this store from a file that {@link #backup} has written. There must be no store yet.
   *
   * @param file the backup, which does not change
   * @throws InvalidInputException when there is a store, or stores of this kind cannot be made from
   *     a file
   * @throws dev.waymark.core.error.StoreUnavailableException when the backup is missing, or the
   *     store cannot be written; then there is no store
   * @throws dev.waymark.core.error.SchemaMismatchException when the file is not a Waymark store, or
   *     belongs to a newer version
   * @throws dev.waymark.core.error.StoreDamagedException when the backup is damaged
   */
  default StoreCopy restore(Path file) {
    throw notCopied();
  }

  private InvalidInputException notCopied() {
    return new InvalidInputException(
        "the store "
            + shown()
            + " cannot be copied into a file by Waymark; use the tools of its database, such as"
            + " pg_dump and pg_restore for PostgreSQL");
  }
}
