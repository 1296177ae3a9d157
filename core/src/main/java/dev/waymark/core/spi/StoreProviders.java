package dev.waymark.core.spi;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.internal.Words;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The backends on the class path, by the schemes of their URLs. */
final class StoreProviders {
  /** Schemes of other databases, which messages may show. */
  private static final List<String> FOREIGN =
      List.of(
          "mysql",
          "mariadb",
          "oracle",
          "sqlserver",
          "mongodb",
          "redis",
          "h2",
          "file",
          "http",
          "https");

  private StoreProviders() {}

  static StoreUrl read(String url, StoreOptions options) {
    int colon = url.indexOf(':');
    if (colon < 0) {
      throw withoutScheme(url);
    }
    String scheme = url.substring(0, colon).toLowerCase(Locale.ROOT);
    StoreProvider provider = find(scheme);
    if (provider == null) {
      throw scheme.equals("jdbc")
          ? new InvalidInputException("the store URL is a JDBC URL; remove \"jdbc:\" from it")
          : otherScheme(scheme);
    }
    return provider.read(url, options);
  }

  /** Stops at the first match, so that the providers after it are not loaded. */
  private static @Nullable StoreProvider find(String scheme) {
    for (StoreProvider provider : ServiceLoader.load(StoreProvider.class)) {
      if (provider.schemes().contains(scheme)) {
        return provider;
      }
    }
    return null;
  }

  /** All of them, in the order of their forms: the order of the class path means nothing here. */
  private static List<StoreProvider> all() {
    List<StoreProvider> all = new ArrayList<>();
    ServiceLoader.load(StoreProvider.class).forEach(all::add);
    all.sort(Comparator.comparing(StoreProvider::form));
    return all;
  }

  private static InvalidInputException withoutScheme(String text) {
    List<StoreProvider> all = all();
    boolean isFile = !text.contains("//") && text.chars().noneMatch(c -> "@?#&=%".indexOf(c) >= 0);
    for (StoreProvider provider : all) {
      if (isFile && provider.form().endsWith(":PATH")) {
        return new InvalidInputException(
            "store URL "
                + Text.quote(text)
                + " has no scheme; for a file, use "
                + provider.schemes().get(0)
                + ":"
                + text);
      }
    }
    return new InvalidInputException("the store URL has no scheme" + forms(all));
  }

  /** Shows the unknown scheme only if it resembles a known one, because it could be a password. */
  private static InvalidInputException otherScheme(String scheme) {
    List<StoreProvider> all = all();
    List<String> schemes = all.stream().flatMap(each -> each.schemes().stream()).toList();
    String nearest = Words.nearest(scheme, schemes);
    if (nearest == null && !FOREIGN.contains(scheme)) {
      return new InvalidInputException("the store URL has an unknown scheme" + forms(all));
    }
    return new InvalidInputException(
        "unknown scheme "
            + Text.quote(scheme)
            + " in the store URL"
            + (nearest == null ? forms(all) : "; did you mean \"" + nearest + "\"?"));
  }

  /** The forms of the URLs that can be used, as the end of a message. */
  private static String forms(List<StoreProvider> all) {
    return all.isEmpty()
        ? "; no backend is on the class path, add for example waymark-sqlite"
        : all.stream().map(StoreProvider::form).collect(Collectors.joining(" or ", "; use ", ""));
  }
}
