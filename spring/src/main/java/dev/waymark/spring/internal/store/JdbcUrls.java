package dev.waymark.spring.internal.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanWrapperImpl;
import org.springframework.beans.BeansException;

/** What the URL of a data source says. */
final class JdbcUrls {
  private static final String SQLITE = "jdbc:sqlite:";

  private JdbcUrls() {}

  /**
   * What a data source leads to.
   *
   * @param url its URL, which can contain a password
   * @param product the name of the database; empty when no connection was needed to know it
   */
  record Database(String url, String product) {
    boolean isSqlite() {
      return url.startsWith(SQLITE);
    }

    boolean isPostgres() {
      return product.equals("PostgreSQL");
    }

    /** Null for a database in memory. */
    @Nullable Path file() {
      String rest = url.substring(SQLITE.length());
      String path = rest.contains("?") ? rest.substring(0, rest.indexOf('?')) : rest;
      String plain = path.startsWith("file:") ? path.substring("file:".length()) : path;
      boolean isInMemory = plain.isEmpty() || plain.startsWith(":") || rest.contains("mode=memory");
      return isInMemory ? null : Path.of(plain).toAbsolutePath().normalize();
    }
  }

  /**
   * Asks the settings of the pool first: while a connection to a file of SQLite is open, its schema
   * cannot be migrated.
   */
  static Database of(DataSource source) throws SQLException {
    for (String property : new String[] {"jdbcUrl", "url"}) {
      String url = setting(source, property);
      if (url != null && url.startsWith(SQLITE)) {
        return new Database(url, "SQLite");
      }
    }
    try (Connection connection = source.getConnection()) {
      String url = connection.getMetaData().getURL();
      return new Database(
          url == null ? "" : url, connection.getMetaData().getDatabaseProductName());
    }
  }

  private static @Nullable String setting(DataSource source, String property) {
    try {
      BeanWrapperImpl bean = new BeanWrapperImpl(source);
      return bean.isReadableProperty(property)
              && bean.getPropertyValue(property) instanceof String text
          ? text
          : null;
    } catch (BeansException e) {
      return null; // A data source without such a setting; its connections know the URL.
    }
  }

  /** The URL without user, password and parameters. */
  static String shown(String url) {
    int question = url.indexOf('?');
    String path = question < 0 ? url : url.substring(0, question);
    return path.replaceFirst("^jdbc:", "").replaceFirst("//[^/]*@", "//");
  }
}
