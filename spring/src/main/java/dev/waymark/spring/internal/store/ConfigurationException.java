package dev.waymark.spring.internal.store;

/**
 * The application cannot start as it is configured. {@link ConfigurationFailureAnalyzer} shows what
 * was found, and what to do.
 */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String found;
  private final String remedy;

  /**
   * Creates the error.
   *
   * @param found what is wrong, as a sentence without its end
   * @param remedy what to do, likewise
   */
  public ConfigurationException(String found, String remedy) {
    super(found + ". " + remedy);
    this.found = found;
    this.remedy = remedy;
  }

  String found() {
    return sentence(found);
  }

  String remedy() {
    return sentence(remedy);
  }

  private static String sentence(String text) {
    return text.endsWith("?") ? text : text + ".";
  }
}
