package dev.waymark.postgres.internal;

import dev.waymark.postgres.internal.connect.PasswordSearch;
import java.net.UnknownHostException;
import java.sql.SQLException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why a connection was refused: what is wrong with the user, the password, the server's rules for
 * connections, or TLS. It never shows a password.
 *
 * @param user the user, as a message names it
 * @param search where the password is from or was looked for; null when a data source has it
 */
record PostgresRefusals(String user, @Nullable PasswordSearch search) {
  private static final String WRONG_PASSWORD = "28P01";
  private static final String REFUSED_USER = "28000";
  private static final String INVALID_VALUE = "22023";
  private static final String REJECTED = "08004";
  private static final int MAX_DEPTH = 20;

  /**
   * The reason, or null when the error is none of these.
   *
   * @param said what the server or the driver said
   */
  @Nullable String explain(String state, String said, SQLException cause) {
    if (find(cause, UnknownHostException.class) != null) {
      return "the host name is unknown; check its spelling, and that names are resolved" + " here";
    }
    SSLException tls = find(cause, SSLException.class);
    if (tls != null) {
      return "TLS with the server failed ("
          + said
          + "); check sslmode and sslrootcert, and the certificate of the server";
    }
    return switch (state) {
      case INVALID_VALUE -> said.contains("TimeZone") ? unknownZone(said) : null;
      case WRONG_PASSWORD -> isWithoutPassword() ? passwordNeeded() : wrongPassword(said);
      case REJECTED -> said.contains("password") ? passwordNeeded() : rejected(said);
      case REFUSED_USER -> refusedUser(said);
      default -> SqlStates.isRefusedUser(state) ? rejected(said) : null;
    };
  }

  private static String unknownZone(String said) {
    return "the server does not know the default time zone of this JVM ("
        + said
        + "); start Java with -Duser.timezone=UTC, or install the zone on the server (Debian:"
        + " tzdata-legacy)";
  }

  private boolean isWithoutPassword() {
    return search != null && search.password() == null;
  }

  private String passwordNeeded() {
    return "the server asks for a password of "
        + user
        + (search == null
            ? ", and the data source supplies none; set it in the data source"
            : ": "
                + search.description()
                + "; set PGPASSWORD, or add a line HOST:PORT:DATABASE:USER:PASSWORD to the file");
  }

  private String wrongPassword(String said) {
    return "the server does not accept the password of "
        + user
        + " ("
        + said
        + "); "
        + (search == null ? "the password is from the data source" : search.description())
        + ". Check the password, and that the server has this user";
  }

  private String refusedUser(String said) {
    if (said.contains("pg_hba.conf")) {
      return "the rules of the server do not allow "
          + user
          + " to connect from this host ("
          + said
          + "); add a line to its pg_hba.conf, or set sslmode=require if it accepts only encrypted"
          + " connections";
    }
    return "the server rejected "
        + user
        + " ("
        + said
        + "); check the name, and that the role exists and may log in: CREATE ROLE name LOGIN";
  }

  private String rejected(String said) {
    return "the connection of "
        + user
        + " was rejected ("
        + said
        + "); check the user, and the TLS and authentication settings on both sides";
  }

  private static <T extends Throwable> @Nullable T find(Throwable error, Class<T> type) {
    Throwable t = error;
    for (int depth = 0; t != null && depth < MAX_DEPTH; depth++) {
      if (type.isInstance(t)) {
        return type.cast(t);
      }
      t = t.getCause();
    }
    return null;
  }
}
