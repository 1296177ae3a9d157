package dev.waymark.runner.definition;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One input that a workflow may be started with.
 *
 * @param description what it means, or null
 * @param defaultValue its value where none is given; null makes it required
 */
public record InputDefinition(@Nullable String description, @Nullable String defaultValue) {

  /**
   * The environment variable in which a task finds an input: {@code INPUT_REPORT_DAY} for {@code
   * report-day}. Two inputs of one workflow never have the same.
   *
   * @param name the name of the input
   */
  public static String environmentName(String name) {
    return "INPUT_" + name.replace('-', '_').toUpperCase(Locale.ROOT);
  }
}
