package dev.waymark.sqlite.internal.provider;

import dev.waymark.core.spi.StoreOptions;
import dev.waymark.core.spi.StoreProvider;
import dev.waymark.core.spi.StoreUrl;
import java.util.List;

/** Reads the URLs {@code sqlite:PATH}. */
public final class SqliteProvider implements StoreProvider {
  static final String FORM = "sqlite:PATH";

  @Override
  public List<String> schemes() {
    return List.of("sqlite");
  }

  @Override
  public String form() {
    return FORM;
  }

  @Override
  public StoreUrl read(String url, StoreOptions options) {
    return SqliteUrl.read(url, options);
  }
}
