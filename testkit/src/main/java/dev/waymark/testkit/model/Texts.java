package dev.waymark.testkit.model;

import dev.waymark.core.internal.Text;
import dev.waymark.core.model.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Generates text that often causes failures: text that databases trim, fold, reorder, cut, escape,
 * or misread as a pattern, a statement or an empty value. Some of it is not well-formed or over a
 * limit and must be refused.
 */
final class Texts {
  private static final String ASTRAL = "\uD83D\uDE80";

  /** At most twelve bytes each, so that they pass every limit of the comparison. */
  private static final List<String> SHORT =
      List.of(
          "",
          " ",
          " x ",
          "x\t",
          "a",
          "A",
          "\u00E4",
          "a\u0308",
          "\u00DF",
          "\u0130\u0131",
          "null",
          "NULL",
          "0",
          "%",
          "_",
          "a%",
          "a_",
          "\\",
          "\\\\'",
          "'",
          "''",
          "\"",
          "{}",
          "[]",
          "{\"a\":null}",
          "a=b",
          "a=b,c=d",
          "1\",\"b\":\"2",
          "\r\n",
          "\n",
          "\r",
          "\\n",
          "\\u0000",
          "\u0001\u001F\u007F",
          "\u0085\u2028",
          "\u200B\uFEFF",
          "\u202Eabc",
          "\u05D0\u0627",
          ASTRAL,
          "\uFFFD\uFFFF",
          "\uE000",
          "\uD800\uDC00",
          "\uDBFF\uDFFF",
          "?",
          "$1",
          ":a");

  private static final List<String> LONG =
      List.of(
          "'; DROP TABLE executions; --",
          "{\"labels\": {\"a\": [1, 2, {}]}}",
          "caf\u00E9 \u4E2D\u6587 \uD83D\uDC69\u200D\uD83D\uDCBB",
          "line one\r\nline two\n\n",
          "E'\\x00' || $$ $tag$ */ -- /*",
          "more than twenty bytes of plain text",
          "\u0301\u0301\u0301\u0301 Zalgo \u0336\u0336");

  private static final List<String> MALFORMED =
      List.of("\0", "a\0b", "\uD800", "x\uDC00", "\uDC00\uD800", "\uD83D x");

  private static final List<String> LABEL_NAMES =
      List.of("a", "A", "b", "a.b", "a/b", "a-b", "a_b", "null", "0", "n".repeat(63));

  private static final List<String> INPUT_NAMES =
      List.of("a", "A", "b", "a-b", "a_b", "_", "null", "n".repeat(63));

  private static final List<String> BAD_NAMES =
      List.of("", "-a", "a b", "\u00E4", "a\n", "n".repeat(64), "a=b", "\0");

  /** At most 32 bytes each. */
  private static final List<String> JSON =
      List.of(
          "{}",
          " {} ",
          "[]",
          "null",
          "7",
          "-0.0e-10",
          "\"\"",
          "\"\\u0000\\ud800\"",
          "\"\u00E9\u20AC" + ASTRAL + "\"",
          "{\"a\":\"b\"}",
          "{\"a\":\"b\", \"a\":7}",
          "{\"b\":1,\"a\":{\"c\":[1, 2]}}",
          "\n[1,\t2]\r\n",
          "\"data:text/plain;base64,eA\"",
          "1234567890123456789012345678.9");

  private static final List<String> BAD_JSON =
      List.of(
          "", " ", "{", "{}{}", "[1,]", "{'a':1}", "nul", "01", "\"\n\"", "\uFEFF1", "\"\uD800\"");

  private static final List<String> JSON_TYPES =
      List.of(
          "application/json",
          "application/problem+json",
          "APPLICATION/JSON",
          "application/json; charset=utf-8");

  private static final List<String> TYPES =
      List.of(
          "text/plain",
          "text/plain;charset=utf-8",
          "application/octet-stream",
          "a/b; c=\";base64,\"",
          "x".repeat(127) + "/" + "y".repeat(127));

  private static final List<String> BAD_TYPES =
      List.of(
          "", "text", "/", "text/", "a/b/c", "a b/c", "a/b;", "a/\u00E9", "a/" + "b".repeat(254));

  private final Dice dice;

  Texts(Dice dice) {
    this.dice = dice;
  }

  /** Any text; rarely one that is malformed or has more UTF-8 bytes than {@code maxBytes}. */
  String text(int maxBytes) {
    int kind = dice.below(300);
    if (kind == 0) {
      return dice.pick(MALFORMED);
    }
    if (kind == 1) {
      return filled(maxBytes) + dice.pickOf("x", "\u00E9", ASTRAL);
    }
    if (kind < 15) {
      return filled(maxBytes);
    }
    if (kind < 40) {
      return dice.pickOf("", " x ");
    }
    String drawn = kind < 220 ? dice.pick(SHORT) : dice.pick(LONG) + dice.pick(SHORT);
    return Text.utf8Bytes(drawn) <= maxBytes ? drawn : dice.pick(SHORT);
  }

  /** Text of exactly this number of bytes. */
  private String filled(int bytes) {
    String unit = dice.pickOf("x", "\u00E9", "\u20AC", ASTRAL);
    int size = Text.utf8Bytes(unit);
    return unit.repeat(bytes / size) + "x".repeat(bytes % size);
  }

  /** Any payload; rarely one that is malformed or over {@code maxBytes}, which is at least 32. */
  Payload payload(int maxBytes) {
    int kind = dice.below(60);
    if (kind == 0) {
      return Payload.json(dice.pick(BAD_JSON));
    }
    if (kind == 1) {
      return Payload.of(dice.pick(BAD_TYPES), new byte[] {1});
    }
    if (kind < 4) {
      return Payload.of("text/plain", new byte[maxBytes + kind - 3]);
    }
    if (kind < 30) {
      return Payload.json(dice.pick(JSON));
    }
    if (kind < 36) {
      return Payload.of(dice.pick(JSON_TYPES), Text.utf8(dice.pick(JSON)));
    }
    if (kind < 45) {
      return Payload.ofTexts(Map.of(dice.pick(SHORT), dice.pick(SHORT)));
    }
    return Payload.of(dice.pick(TYPES), bytes(dice.below(12)));
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) dice.bits();
    }
    return bytes;
  }

  /** Text for a filter, which has no limit. */
  String anyText() {
    return dice.oneIn(30) ? dice.pick(MALFORMED) : dice.pickOf(dice.pick(SHORT), dice.pick(LONG));
  }

  /** The name of a label, rarely one that is refused. */
  String labelName() {
    return dice.oneIn(150) ? dice.pick(BAD_NAMES) : dice.pick(LABEL_NAMES);
  }

  /** The name of an input, rarely one that is refused or that only a label may have. */
  String inputName() {
    return dice.oneIn(150) ? dice.pickOf("a.b", "0", "_ ") : dice.pick(INPUT_NAMES);
  }

  /**
   * Text that is easily confused with the given text: its case, its blanks or a wildcard differ.
   */
  String nearly(String text) {
    List<String> near = new ArrayList<>(List.of(text + " ", " " + text, text + "%", "_"));
    near.add(text.toUpperCase(Locale.ROOT));
    near.add(text.toLowerCase(Locale.ROOT));
    near.add(text.isEmpty() ? "null" : text.substring(0, text.offsetByCodePoints(0, 1)));
    return dice.pick(near);
  }
}
