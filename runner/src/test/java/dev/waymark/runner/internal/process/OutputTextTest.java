package dev.waymark.runner.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.TaskId;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The outputs that a task has written. */
@DisplayName("The text of outputs")
final class OutputTextTest {
  private static final int MAX_BYTES = 1 << 16;
  private static final String ALLOWED =
      "write key=value, key<<END with the value and END on lines of their own after it, or a JSON object on one line";
  private static final String NAME =
      "use 1 to 63 letters, digits, '_' or '-', beginning with a letter or '_'";
  private static final String WHOLE = "write a whole object, such as {\"rows\": 42}, on one line";

  @Test
  @DisplayName("has lines of key=value, each value byte for byte to the end of its line")
  void readsLines() {
    assertThat(parse("rows=42\nname= a=b <<c '\"$x \nempty=\n\n \t\n_a-1=é😀\t"))
        .containsExactly(
            entry("rows", "42"),
            entry("name", " a=b <<c '\"$x "),
            entry("empty", ""),
            entry("_a-1", "é😀\t"));
    assertThat(parse("")).isEmpty();
  }

  @Test
  @DisplayName("may have CRLF line ends, and keeps other carriage returns")
  void readsLinesOfWindows() {
    assertThat(parse("a=1\r\n\r\nb=2\r3\r\r\nc<<END\r\n4\r\n5\r\nEND\r\nd=6\r"))
        .containsExactly(
            entry("a", "1"), entry("b", "2\r3\r"), entry("c", "4\n5"), entry("d", "6"));
  }

  @Test
  @DisplayName("may have JSON objects, whose numbers stay as they are written")
  void readsJson() {
    assertThat(
            parse(
                "{\"rows\": 42, \"ok\": true, \"no\": false, \"name\": \"a\\n\\u00e9\\\"=\"}\n  {\"price\": 1.10, \"big\": 123456789012345678901234567890, \"exp\": -1E+3}\r\n{}\n"))
        .containsExactly(
            entry("rows", "42"),
            entry("ok", "true"),
            entry("no", "false"),
            entry("name", "a\né\"="),
            entry("price", "1.10"),
            entry("big", "123456789012345678901234567890"),
            entry("exp", "-1E+3"));
  }

  @Test
  @DisplayName("may have values of several lines, which can contain anything but the end line")
  void readsBlocks() {
    assertThat(parse("a<<END\none\n\n  two=2\n{\n END\nEND\nb<<x=y\nx=y\nc<<E\n\nE"))
        .containsExactly(entry("a", "one\n\n  two=2\n{\n END"), entry("b", ""), entry("c", ""));
  }

  @Test
  @DisplayName("gives the last value of a name that was written several times")
  void takesTheLast() {
    assertThat(parse("a=1\nb=2\n{\"a\": 3, \"a\": 4}\nb<<E\n5\nE\n"))
        .containsExactly(entry("a", "4"), entry("b", "5"));
  }

  @Test
  @DisplayName("is refused over the limit, and accepted at the limit")
  void refusesTooMuch() {
    byte[] most = ("a=" + "x".repeat(98)).getBytes(StandardCharsets.UTF_8);
    assertThat(OutputText.parse(most, 100)).containsKey("a");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> OutputText.parse(most, 99))
        .withMessage(
            "the outputs have 100 bytes; the limit maxOutputBytes is 99; write the bulk to a file, and its name as an output");
  }

  @Test
  @DisplayName("is refused when it is not UTF-8")
  void refusesOtherThanText() {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> OutputText.parse(new byte[] {'a', '=', (byte) 0xe9, 'b'}, MAX_BYTES))
        .withMessage(
            "the outputs are not UTF-8: byte 0xe9 at offset 2; write text in UTF-8, and anything else to a file");
    refused(
        "a=1\nb=\0",
        "line 2 of the outputs has a NUL character (U+0000); write text, and anything else to a file");
    refused(
        "{\"a\": \"\\u0000\"}",
        "line 1 of the outputs: the value of \"a\" has a NUL character at position 0; remove it, text may hold any character but U+0000");
    refused(
        "{\"a\": \"x\\ud800\"}",
        "line 1 of the outputs: the value of \"a\" has a lone surrogate (U+D800) at position 1; text must be well-formed Unicode");
  }

  @Test
  @DisplayName("is refused with the line of an invalid output")
  void refusesOtherLines() {
    refused("a=1\n\nhello world\n", "line 3 of the outputs is \"hello world\"; " + ALLOWED);
    refused("[1]", "line 1 of the outputs is \"[1]\"; " + ALLOWED);
    refused("1a=b", "line 1 of the outputs: the name \"1a\" is not valid; " + NAME);
    refused(" a=b", "line 1 of the outputs: the name \" a\" is not valid; " + NAME);
    refused("=b", "line 1 of the outputs: the name \"\" is not valid; " + NAME);
    refused("é<<E\nE", "line 1 of the outputs: the name \"é\" is not valid; " + NAME);
    refused("{\"a b\": 1}", "line 1 of the outputs: the name \"a b\" is not valid; " + NAME);
    assertThat(parse("a".repeat(63) + "=b")).hasSize(1);
    refused(
        "a".repeat(64) + "=b",
        "line 1 of the outputs: the name \"" + "a".repeat(40) + "…\" is not valid; " + NAME);
  }

  @Test
  @DisplayName("is refused when a value of several lines does not end")
  void refusesOpenBlocks() {
    refused(
        "a=1\nb<<END\nx\nEND \n",
        "line 2 of the outputs begins a value that does not end; write \"END\" on a line of its own after the value");
    refused(
        "b<<\nx\n",
        "line 1 of the outputs does not say after << what ends the value; write a word, such as END");
  }

  @Test
  @DisplayName("is refused when JSON is malformed or has nested values")
  void refusesOtherJson() {
    refused("a=1\n{\"a\": 1", "line 2 of the outputs is malformed JSON near character 8; " + WHOLE);
    refused("{\n\"a\": 1\n}", "line 1 of the outputs is malformed JSON near character 2; " + WHOLE);
    refused("{a: 1}", "line 1 of the outputs is malformed JSON near character 2; " + WHOLE);
    refused("{\"a\": NaN}", "line 1 of the outputs is malformed JSON near character 10; " + WHOLE);
    refused("{\"a\": 1} x", "line 1 of the outputs is malformed JSON near character 10; " + WHOLE);
    refused(
        "{\"a\": 1} {\"b\": 2}",
        "line 1 of the outputs has text after its JSON object; write each object on a line of its own");
    String plain =
        " for the value of \"a\"; a value must be a string, a number or a boolean; put anything else in a string";
    refused("{\"a\": null}", "line 1 of the outputs has null" + plain);
    refused("{\"a\": [1]}", "line 1 of the outputs has a list" + plain);
    refused("{\"a\": {}}", "line 1 of the outputs has an object" + plain);
  }

  @Test
  @Timeout(60)
  @DisplayName("is read or refused quickly, whatever its bytes")
  void readOrRefused() {
    long seed = Long.getLong("waymark.seed", 4_711L);
    Random random = new Random(seed);
    String pieces = "ab={}<\n\r\"\\:,1e-[]'tu\0é ";
    int read = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int left = random.nextInt(12); left > 0; left--) {
        text.append(pieces.charAt(random.nextInt(pieces.length())));
      }
      read += reads(text.toString()) ? 1 : 0;
    }
    assertThat(read).as("texts read with seed %d", seed).isBetween(1, 19_999);
    assertThat(reads("{\"a\":".repeat(10_000))).isFalse();
    assertThat(reads("a=\n".repeat(20_000))).isTrue();
  }

  @Test
  @DisplayName("gives variables of capital letters, digits and underscores")
  void namesVariables() {
    assertThat(OutputText.environmentName(new TaskId("load.rows-2"), "row-count_i"))
        .isEqualTo("OUTPUT_LOAD_ROWS_2_ROW_COUNT_I");
  }

  private static boolean reads(String text) {
    try {
      parse(text);
      return true;
    } catch (InvalidInputException e) {
      return false;
    }
  }

  private static void refused(String text, String message) {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> parse(text))
        .withMessage(message);
  }

  private static Map<String, String> parse(String text) {
    return OutputText.parse(text.getBytes(StandardCharsets.UTF_8), MAX_BYTES);
  }
}
