package dev.waymark.core.internal;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Checks the maps of names and values of a record. The results are unmodifiable and ordered by
 * name.
 */
public final class Labels {
  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,62}");
  private static final Pattern INPUT = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,62}");

  private Labels() {}

  /** Checks labels. */
  public static Map<String, String> labels(Map<String, String> map) {
    return checked(
        "label",
        map,
        LABEL,
        "use 1 to 63 letters, digits, '.', '_', '/' or '-', beginning with a letter or digit");
  }

  /** Checks inputs. */
  public static Map<String, String> inputs(Map<String, String> map) {
    return checked(
        "input",
        map,
        INPUT,
        "use 1 to 63 letters, digits, '_' or '-', beginning with a letter or '_'");
  }

  private static Map<String, String> checked(
      String what, Map<String, String> map, Pattern names, String allowed) {
    TreeMap<String, String> sorted = new TreeMap<>();
    map.forEach(
        (name, value) ->
            sorted.put(
                Text.matching(what + " name", name, names, allowed),
                Text.wellFormed(what + " " + Text.quote(name), value)));
    return Collections.unmodifiableMap(sorted);
  }
}
