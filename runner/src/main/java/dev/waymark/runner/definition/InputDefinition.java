package dev.waymark.runner.definition;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One input of a workflow.
 *
 * @param description a description of the input, or null
 * @param defaultValue the value when none is given; null makes the input required
 * @since 0.1.0
 */
public record InputDefinition(@Nullable String description, @Nullable String defaultValue) {

  /**
   * The environment variable that contains an input: {@code INPUT_REPORT_DAY} for {@code
   * report-day}. No two inputs of one workflow have the same variable.
   *
   * @param name the name of the input
   */
  public static String environmentName(String name) {
    return "INPUT_" + name.replace('-', '_').toUpperCase(Locale.ROOT);
  }
}
