package dev.waymark.core.internal;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the word that the user probably meant, for messages. */
public final class Words {
  /** Longer words are not compared, because the time grows with the square of the length. */
  private static final int MAX_LENGTH = 128;

  private static final int LEAST_PREFIX = 3;

  private Words() {}

  /**
   * The candidate that is nearest to a word, or null when none is near. Each letter that is added,
   * removed, replaced or swapped with its neighbour counts one (the Damerau-Levenshtein distance in
   * the form of optimal string alignment). Case, {@code -} and {@code _} do not count. A candidate
   * that begins with the word is near.
   */
  public static @Nullable String nearest(String word, Collection<String> candidates) {
    String folded = fold(word);
    if (folded.isEmpty() || folded.length() > MAX_LENGTH) {
      return null;
    }
    // Any two words of one letter have the distance 1, so that distance shows no similarity.
    int best = folded.length() == 1 ? 1 : Math.max(1, Math.min(3, folded.length() / 3)) + 1;
    String nearest = null;
    for (String candidate : candidates) {
      int distance = distanceOrPrefix(folded, fold(candidate), best);
      if (distance < best) {
        best = distance;
        nearest = candidate;
      }
    }
    return nearest;
  }

  private static int distanceOrPrefix(String word, String candidate, int limit) {
    int distance = distance(word, candidate, limit);
    return word.length() >= LEAST_PREFIX && candidate.startsWith(word)
        ? Math.min(1, distance)
        : distance;
  }

  /** The form of a word that is compared: lower case, without {@code -}, {@code _} and spaces. */
  public static String fold(String word) {
    StringBuilder folded = new StringBuilder(word.toLowerCase(Locale.ROOT));
    for (int i = folded.length() - 1; i >= 0; i--) {
      char c = folded.charAt(i);
      if (c == '-' || c == '_' || c == ' ') {
        folded.deleteCharAt(i);
      }
    }
    return folded.toString();
  }

  /**
   * The number of letters that must be added, removed, replaced or swapped with their neighbour;
   * {@code limit} when it is that many or more.
   */
  static int distance(String from, String to, int limit) {
    if (Math.abs(from.length() - to.length()) >= limit || to.length() > MAX_LENGTH) {
      return limit;
    }
    int[] beforeLast = new int[to.length() + 1];
    int[] last = new int[to.length() + 1];
    int[] row = new int[to.length() + 1];
    for (int column = 0; column <= to.length(); column++) {
      row[column] = column;
    }
    for (int i = 1; i <= from.length(); i++) {
      int[] free = beforeLast;
      beforeLast = last;
      last = row;
      row = free;
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        row[j] = cell(from, to, i, j, beforeLast, last, row);
      }
    }
    return Math.min(limit, row[to.length()]);
  }

  private static int cell(
      String from, String to, int i, int j, int[] beforeLast, int[] last, int[] row) {
    boolean same = from.charAt(i - 1) == to.charAt(j - 1);
    int least = Math.min(last[j - 1] + (same ? 0 : 1), 1 + Math.min(last[j], row[j - 1]));
    boolean swapped =
        i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1);
    return swapped ? Math.min(least, beforeLast[j - 2] + 1) : least;
  }
}
