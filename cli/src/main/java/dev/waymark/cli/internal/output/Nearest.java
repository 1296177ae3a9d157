package dev.waymark.cli.internal.output;

import dev.waymark.core.internal.Text;
import dev.waymark.core.internal.Words;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the word that the user probably meant. */
public final class Nearest {
  private static final int SHOWN = 60;

  private Nearest() {}

  /** Returns the candidate that is most similar to {@code word}, or null if none is similar. */
  public static @Nullable String to(String word, Collection<String> candidates) {
    return Words.nearest(word, candidates);
  }

  /** Returns {@code ; did you mean "…"?}, or {@code otherwise} if no candidate is similar. */
  public static String hint(String word, Collection<String> candidates, String otherwise) {
    String nearest = to(word, candidates);
    return nearest == null ? otherwise : "; did you mean \"" + nearest + "\"?";
  }

  /**
   * Returns the text in double quotes, truncated for a message, with control characters escaped.
   * Only the scheme of a URL is shown, because the URL can contain a password.
   */
  public static String quote(String text) {
    String safe = Text.withoutUrl(text);
    String cut = safe.length() > SHOWN ? safe.substring(0, SHOWN) + "…" : safe;
    return "\"" + Printable.line(cut) + "\"";
  }
}
