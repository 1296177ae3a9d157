package dev.waymark.runner.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.waymark.runner.definition.DefinitionLimits;
import dev.waymark.runner.definition.InvalidDefinitionException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Files that are not text, or that are made to exhaust the reader. */
@DisplayName("A hostile workflow file is refused")
@Timeout(60)
final class DefinitionLimitsTest {
  private static final DefinitionLimits DEFAULTS = DefinitionLimits.defaults();

  @Test
  @DisplayName("when it is over the size limit, as bytes and as text")
  void refusesLargeFiles() {
    String expected =
        "f:1:1: the file has 1048577 bytes; the limit maxFileBytes is 1048576; split the workflow, or move long scripts to files of their own";
    assertThat(message(new byte[(1 << 20) + 1], DEFAULTS)).isEqualTo(expected);
    assertThat(message("x".repeat((1 << 20) + 1), DEFAULTS)).isEqualTo(expected);
    assertThat(message("é".repeat(6), DefinitionLimits.builder().maxFileBytes(11).build()))
        .startsWith("f:1:1: the file has 12 bytes; the limit maxFileBytes is 11");
  }

  @Test
  @DisplayName("when it is not UTF-8, with the offset")
  void refusesOtherEncodings() {
    assertThat(message(bytes("id: é\ntasks: \u00ff"), DEFAULTS))
        .isEqualTo("f:1:5: invalid UTF-8: byte 0xe9 at offset 4; save the file as UTF-8");
    assertThat(message(new byte[] {'a', '\n', 'b', (byte) 0xc3}, DEFAULTS))
        .isEqualTo("f:2:2: invalid UTF-8: byte 0xc3 at offset 3; save the file as UTF-8");
    assertThat(message("id: x\n".getBytes(StandardCharsets.UTF_16), DEFAULTS))
        .isEqualTo(
            "f:1:1: invalid UTF-8: byte 0xfe at offset 0; this looks like UTF-16; save the file as UTF-8");
    // A surrogate that was encoded as if it were a character.
    assertThat(message(new byte[] {'a', (byte) 0xed, (byte) 0xa0, (byte) 0x80}, DEFAULTS))
        .startsWith("f:1:2: invalid UTF-8: byte 0xed at offset 1");
  }

  @Test
  @DisplayName("when it has characters that YAML does not allow")
  void refusesCharacters() {
    assertThat(message("id: x\r\n😀 \0", DEFAULTS))
        .isEqualTo("f:2:3: a NUL character (U+0000) is not allowed");
    assertThat(message("\uFEFFid: \u0007", DEFAULTS))
        .isEqualTo("f:1:5: the control character U+0007 is not allowed");
    assertThat(message("id: \ud800", DEFAULTS))
        .isEqualTo("f:1:5: a lone surrogate (U+D800) is not allowed");
  }

  @Test
  @DisplayName("when it is an alias bomb")
  void refusesAliasBombs() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
      bomb.append("a")
          .append(i)
          .append(": &a")
          .append(i)
          .append(" [")
          .append(("*a" + (i - 1) + ", ").repeat(8))
          .append("*a")
          .append(i - 1)
          .append("]\n");
    }
    assertThat(message(bomb.toString(), DEFAULTS))
        .isEqualTo(
            "f:6:20: the file has more than 250000 values once its aliases are expanded; that is the limit maxNodes; use fewer aliases, or split the workflow");
  }

  @Test
  @DisplayName("when its lists and maps are nested too deeply")
  void refusesDeepNesting() {
    String expected =
        ": lists and maps are nested more than 32 levels deep; that is the limit maxDepth; a workflow needs no more than 5";
    assertThat(message("[".repeat(200_000), DEFAULTS)).isEqualTo("f:1:33" + expected);
    assertThat(message("{a: ".repeat(200_000), DEFAULTS)).isEqualTo("f:1:129" + expected);
    assertThat(message("- ".repeat(200_000), DEFAULTS)).isEqualTo("f:1:65" + expected);
    assertThat(message("? ".repeat(200_000), DEFAULTS)).isEqualTo("f:1:65" + expected);
  }

  @Test
  @DisplayName("when aliases make it too deep")
  void refusesDepthByAliases() {
    StringBuilder file = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 1_000; i++) {
      file.append("a")
          .append(i)
          .append(": &a")
          .append(i)
          .append(" [*a")
          .append(i - 1)
          .append("]\n");
    }
    assertThat(message(file.toString(), DEFAULTS))
        .startsWith("f:32:12: lists and maps are nested more than 32 levels deep");
  }

  @Test
  @DisplayName("at the maximum setting of the depth, without a stack overflow")
  void copesWithGreatestDepth() {
    DefinitionLimits limits = DefinitionLimits.builder().maxDepth(1_000).build();
    assertThat(message("id: x\ntasks: " + "[".repeat(999) + "]".repeat(999), limits))
        .isEqualTo("f:2:8: \"tasks\" must be a map, found a list");
    assertThat(message("[".repeat(1_001), limits))
        .startsWith("f:1:1001: lists and maps are nested more than 1000 levels deep");
  }

  @Test
  @DisplayName("when it has more tasks than the limit")
  void refusesTooManyTasks() {
    assertThat(
            message(
                "id: x\ntasks: {a: {run: b}, c: {run: d}}\n",
                DefinitionLimits.builder().maxTasks(1).build()))
        .isEqualTo("f:2:8: the workflow has 2 tasks; the limit maxTasks is 1; split the workflow");
    assertThat(
            message(
                "id: x\ntasks: {a: {run: b}}\non-failure: {c: {run: d}}\nfinally: {e: {run: f}}\n",
                DefinitionLimits.builder().maxTasks(2).build()))
        .isEqualTo("f:2:8: the workflow has 3 tasks; the limit maxTasks is 2; split the workflow");
  }

  @Test
  @DisplayName("when it has more labels than the limit")
  void refusesTooManyLabels() {
    assertThat(
            message(
                "id: x\nlabels: {a: b, c: d}\ntasks: {a: {run: b}}\n",
                DefinitionLimits.builder().maxLabels(1).build()))
        .isEqualTo("f:2:9: the workflow has 2 labels; the limit maxLabels is 1; remove some");
  }

  @Test
  @DisplayName("when a duration is over its own limit")
  void refusesLongDurations() {
    assertThat(
            message(
                "id: x\ntasks: {a: {run: b, timeout: 61m}}\n",
                DefinitionLimits.builder().maxDuration(Duration.ofHours(1)).build()))
        .isEqualTo("f:2:30: \"timeout\" is 61m; the limit maxDuration is 1h; make it shorter");
  }

  @Test
  @DisplayName("quickly, when a number has a million digits or an exponent of a billion")
  void copesWithHugeNumbers() {
    assertThat(message("id: x\ntasks: {a: {run: b, retry: {backoff: 1e999999999}}}\n", DEFAULTS))
        .contains("\"backoff\" must be a number, found the string");
    assertThat(
            message(
                "id: x\ntasks: {a: {run: b, retry: {backoff: " + "9".repeat(1_000_000) + "}}}\n",
                DEFAULTS))
        .contains("\"backoff\" must be a number");
  }

  @Test
  @DisplayName(
      "quickly, when each of 10,000 tasks needs a missing one, or all of them form one circle")
  void copesWithManyProblems() {
    StringBuilder unknown = new StringBuilder("id: x\ntasks:\n");
    StringBuilder circle = new StringBuilder("id: x\ntasks:\n");
    for (int i = 0; i < 10_000; i++) {
      unknown
          .append("  task-")
          .append(i)
          .append(": {run: b, needs: other-")
          .append(i)
          .append("}\n");
      circle
          .append("  t")
          .append(i)
          .append(": {run: b, needs: t")
          .append((i + 1) % 10_000)
          .append("}\n");
    }
    assertThat(message(unknown.toString(), DEFAULTS)).endsWith("\nand 9980 more");
    assertThat(message(circle.toString(), DEFAULTS))
        .isEqualTo(
            "f:10002:26: circular needs: t0 -> t1 -> t2 -> t3 -> t4 -> t5 -> t6 -> t7 -> t8 -> t9 -> (9990 more) -> t0; remove one of them");
  }

  @Test
  @DisplayName("quickly, when conditions name thousands of tasks that are not needed, or never end")
  void copesWithHostileConditions() {
    StringBuilder needs = new StringBuilder();
    StringBuilder others = new StringBuilder("always()");
    StringBuilder file = new StringBuilder("id: x\ntasks:\n");
    for (int i = 0; i < 5_000; i++) {
      needs.append("task-").append(i).append(", ");
      others.append(" && needs.other-").append(i).append(".outputs.a == 'b'");
      file.append("  task-").append(i).append(": {run: b}\n");
    }
    file.append("  last: {run: b, needs: [").append(needs).append("], if: ").append(others);
    assertThat(message(file + "}\n", DEFAULTS)).endsWith("\nand 4980 more");
    for (String part : List.of(" ", "'", "''", "()", "a", "(", "&&", "}}", "always() && ")) {
      String endless = part.repeat(100_000 / part.length());
      assertThat(message("id: x\ntasks: {a: {run: b, if: \"" + endless + "x\"}}\n", DEFAULTS))
          .startsWith("f:2:25: the condition ");
      assertThat(message("id: x\ntasks: {a: {run: b, if: \"'" + endless + "x\"}}\n", DEFAULTS))
          .startsWith("f:2:25: the condition ");
    }
  }

  private static String message(String file, DefinitionLimits limits) {
    return catchThrowableOfType(
            InvalidDefinitionException.class, () -> new DefinitionReader(limits).read("f", file))
        .getMessage();
  }

  private static String message(byte[] file, DefinitionLimits limits) {
    return catchThrowableOfType(
            InvalidDefinitionException.class, () -> new DefinitionReader(limits).read("f", file))
        .getMessage();
  }

  private static byte[] bytes(String latin1) {
    return latin1.getBytes(StandardCharsets.ISO_8859_1);
  }
}
