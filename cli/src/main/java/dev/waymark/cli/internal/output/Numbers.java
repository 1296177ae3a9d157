package dev.waymark.cli.internal.output;

/** Formats numbers for people. */
public final class Numbers {
  private Numbers() {}

  /** Formats a number with thousands separators: {@code 10,000}. */
  public static String grouped(long number) {
    StringBuilder out = new StringBuilder().append(number);
    for (int i = out.length() - 3; i > (number < 0 ? 1 : 0); i -= 3) {
      out.insert(i, ',');
    }
    return out.toString();
  }

  /** Formats a number and its noun, with a plural s unless the number is 1: {@code 3 tasks}. */
  public static String count(long number, String noun) {
    return grouped(number) + " " + noun + (number == 1 ? "" : "s");
  }
}
