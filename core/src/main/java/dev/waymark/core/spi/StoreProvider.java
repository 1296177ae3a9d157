package dev.waymark.core.spi;

import dev.waymark.core.error.InvalidInputException;
import java.util.List;

/**
 * Reads the URLs of one backend. {@link java.util.ServiceLoader} finds the implementations: the jar
 * of a backend names its class in {@code META-INF/services/dev.waymark.core.spi.StoreProvider}. So
 * a program opens the stores of each backend that is on its class path, and a new backend changes
 * no other module.
 *
 * <p>Implementations are stateless, thread-safe and cheap to create: a provider is created even if
 * a URL turns out to belong to another backend. If two providers have the same scheme, the first on
 * the class path is used.
 *
 * @since 0.1.0
 */
public interface StoreProvider {
  /** Returns the schemes of its URLs, in lower case and without the colon. */
  List<String> schemes();

  /**
   * Returns the form of its URLs for messages, such as {@code sqlite:PATH}. A form that ends with
   * {@code :PATH} is that of a file.
   */
  String form();

  /**
   * Reads a URL with one of the schemes. Opens nothing.
   *
   * <p>A URL can contain a password. An implementation separates user and password from the rest
   * before it does anything else, and no message contains what it cannot rule out to be a password.
   *
   * @param url the URL as the user gave it; its scheme can be in upper case
   * @param options how the program opens the store
   * @throws InvalidInputException when the URL is not valid
   */
  StoreUrl read(String url, StoreOptions options);
}
