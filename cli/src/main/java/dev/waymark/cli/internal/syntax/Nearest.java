package dev.waymark.cli.internal.syntax;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the word that was probably meant. */
public final class Nearest {
  private static final int SHOWN = 60;

  private Nearest() {}

  /** The candidate that is nearest to {@code word}, or null when none is near. Letters left out, added, changed or swapped count one each. */
  public static @Nullable String to(String word, Collection<String> candidates) {
    String best = null;
    int bestDistance = Math.max(2, word.length() / 3 + 1);
    for (String candidate : candidates) {
      int distance = beginsAlike(word, candidate) ? 1 : distance(word, candidate);
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return best;
  }

  /** {@code ; did you mean "…"?} or, when no candidate is near, {@code otherwise}. */
  public static String hint(String word, Collection<String> candidates, String otherwise) {
    String nearest = to(word, candidates);
    return nearest == null ? otherwise : "; did you mean \"" + nearest + "\"?";
  }

  /** The text in double quotes, control characters escaped, cut to a length that fits a message. */
  public static String quote(String text) {
    String cut = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    return "\"" + dev.waymark.cli.internal.output.Printable.line(cut) + "\"";
  }

  private static boolean beginsAlike(String word, String candidate) {
    return word.length() >= 3 && candidate.startsWith(word);
  }

  private static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + changed);
        if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      beforeLast = last;
      last = row;
    }
    return last[b.length()];
  }
}
