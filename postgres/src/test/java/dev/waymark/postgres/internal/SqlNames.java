package dev.waymark.postgres.internal;

import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words and operators that occur in the SQL of this module, its migrations included. */
public final class SqlNames {
  private static final Pattern WORD = Pattern.compile("\\b([a-z_0-9]+)\\s*\\(");
  private static final Pattern OPERATOR =
      Pattern.compile("(?<=[ \\w)'\"])\\s*([-+*/<>=~!|%]{1,3})");
  private static final Pattern LITERAL_OR_COMMENT = Pattern.compile("'[^']*'|--[^\n]*");

  private SqlNames() {}

  /** Every word before a parenthesis, whether or not it is a function. */
  public static Set<String> words() {
    Set<String> words = new TreeSet<>();
    Matcher matcher = WORD.matcher(everything().toLowerCase(Locale.ROOT));
    while (matcher.find()) {
      words.add(matcher.group(1));
    }
    return words;
  }

  /** Every run of operator characters, whether or not it is an operator. */
  public static Set<String> operators() {
    Set<String> operators = new TreeSet<>();
    Matcher matcher = OPERATOR.matcher(LITERAL_OR_COMMENT.matcher(everything()).replaceAll(" x "));
    while (matcher.find()) {
      operators.add(matcher.group(1));
    }
    return operators;
  }

  private static String everything() {
    StringBuilder all = new StringBuilder();
    for (ReadStatement statement : ReadStatement.values()) {
      all.append(PostgresReads.template(statement)).append("\n");
    }
    for (WriteStatement statement : WriteStatement.values()) {
      all.append(PostgresWrites.template(statement)).append("\n");
    }
    all.append(ClaimAtOnce.TEXT).append("\n");
    for (String migration : migrations()) {
      all.append(resource("/dev/waymark/postgres/migration/" + migration));
    }
    // SQL that is not in a constant: texts that depend on a query, and the begin of a transaction.
    all.append(
        " count(1) sum(1) x < y > z <= a >= b = c + d LIMIT set_config(1) current_setting(1)");
    all.append(
        " hashtextextended(1) pg_advisory_xact_lock(1) pg_notify(1) format(1) string_agg(1)");
    all.append(" pg_listening_channels() pg_backend_pid() ");
    return all.toString();
  }

  private static Set<String> migrations() {
    try (InputStream in = SqlNames.class.getResourceAsStream("/dev/waymark/postgres/migration")) {
      Set<String> names = new TreeSet<>();
      new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(names::add);
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String resource(String path) {
    try (InputStream in = SqlNames.class.getResourceAsStream(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
