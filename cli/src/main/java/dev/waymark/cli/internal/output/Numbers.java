package dev.waymark.cli.internal.output;

/** Numbers for people. */
public final class Numbers {
  private Numbers() {}

  /** With a comma between each three digits: {@code 10,000}. */
  public static String grouped(long number) {
    StringBuilder out = new StringBuilder().append(number);
    for (int i = out.length() - 3; i > (number < 0 ? 1 : 0); i -= 3) {
      out.insert(i, ',');
    }
    return out.toString();
  }

  /** A number and its noun, which gets an s for more than one: {@code 3 tasks}. */
  public static String count(long number, String noun) {
    return grouped(number) + " " + noun + (number == 1 ? "" : "s");
  }
}
