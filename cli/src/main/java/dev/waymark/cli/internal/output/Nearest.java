package dev.waymark.cli.internal.output;

import dev.waymark.core.internal.Text;
import dev.waymark.core.internal.Words;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the word that was probably meant. */
public final class Nearest {
  private static final int SHOWN = 60;

  private Nearest() {}

  /** The candidate that is nearest to {@code word}, or null when none is near. */
  public static @Nullable String to(String word, Collection<String> candidates) {
    return Words.nearest(word, candidates);
  }

  /** {@code ; did you mean "…"?} or, when no candidate is near, {@code otherwise}. */
  public static String hint(String word, Collection<String> candidates, String otherwise) {
    String nearest = to(word, candidates);
    return nearest == null ? otherwise : "; did you mean \"" + nearest + "\"?";
  }

  /**
   * The text in double quotes, control characters escaped, cut to a length that fits a message. Of
   * a URL only the scheme is shown, since a password may be in it.
   */
  public static String quote(String text) {
    String safe = Text.withoutUrl(text);
    String cut = safe.length() > SHOWN ? safe.substring(0, SHOWN) + "…" : safe;
    return "\"" + Printable.line(cut) + "\"";
  }
}
