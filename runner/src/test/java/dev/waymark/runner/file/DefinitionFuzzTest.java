package dev.waymark.runner.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.waymark.core.store.NewWorkflow;
import dev.waymark.runner.definition.Condition;
import dev.waymark.runner.definition.InvalidDefinitionException;
import dev.waymark.runner.definition.TaskGraph;
import dev.waymark.runner.definition.WorkflowDefinition;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Random files. */
@DisplayName("Random bytes")
final class DefinitionFuzzTest {
  private static final int FILES = 5_000;
  private static final String[] PIECES = {
    "\t",
    "\n",
    "  ",
    ": ",
    "- ",
    "? ",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a ",
    "!!str ",
    "!x ",
    "'",
    "\"",
    "|",
    ">-\n",
    "#",
    "%YAML 1.2\n",
    "---\n",
    "...\n",
    "<<: ",
    "\\ud800",
    "\\U00110000",
    "\\x",
    "\0",
    "\r",
    "\u0085",
    "\u2028",
    "\uFEFF",
    "é",
    "😀",
    "~",
    "null",
    "0x",
    "1e999",
    ".nan",
    "id: ",
    "tasks: ",
    "needs: ",
    "run: ",
    "retry: ",
    "if: ",
    "always()",
    "needs.extract.outputs.a == ''",
    " && ",
    "''",
    "${{",
    "finally: ",
    "on-failure: ",
    "1d",
    "-1",
    "@",
    "`"
  };
  private static final byte[] GOOD =
      """
      id: nightly-report
      labels: &l {team: data, tier: 2}
      inputs:
        day: {description: "Which \\u00e9 day", default: today}
      env: *l
      timeout: 2h
      max-parallel: 3
      priority: -7
      retention: {succeeded: 30d, failed: 1y, keep-last: 9}
      tasks:
        extract:
          run: |
            ./extract.sh
          timeout: 10m
          retry: {max-attempts: 3, delay: 2s, backoff: 2.5, max-delay: 1m}
        publish:
          needs: [extract]
          uses: 'handler'
          with: {to: team@example.org}
          if: always() && needs.extract.outputs.rows != '0'
          pool: mail
      on-failure:
        tell:
          run: ./tell.sh
      finally:
        clean:
          run: ./clean.sh
      """
          .getBytes(StandardCharsets.UTF_8);

  @Test
  @Timeout(120)
  @DisplayName("are either a definition that a store accepts, or refused with line and column")
  void readOrRefused() {
    long seed = Long.getLong("waymark.seed", 4_711L);
    Random random = new Random(seed);
    DefinitionReader reader = new DefinitionReader();
    int read = 0;
    for (int i = 0; i < FILES; i++) {
      byte[] file = mutated(random);
      read += reads(reader, file, "seed " + seed + ", file " + i) ? 1 : 0;
    }
    assertThat(read).as("files read, of %d, with seed %d", FILES, seed).isBetween(1, FILES - 1);
  }

  private static boolean reads(DefinitionReader reader, byte[] file, String which) {
    try {
      WorkflowDefinition definition = reader.read("f", file);
      assertThat(TaskGraph.of(definition).order()).as(which).hasSameSizeAs(definition.tasks());
      assertThat(definition.tasks())
          .as(which)
          .allSatisfy(
              task ->
                  assertThat(Condition.parse(task.condition().toString()))
                      .isEqualTo(task.condition()));
      return new NewWorkflow(
              definition.id(), definition.source(), definition.description(), definition.labels())
          .id()
          .equals(definition.id());
    } catch (InvalidDefinitionException e) {
      assertThat(e.problems())
          .as(which)
          .isNotEmpty()
          .allMatch(
              problem ->
                  problem.line() > 0 && problem.column() > 0 && !problem.message().isBlank());
      return false;
    } catch (RuntimeException | StackOverflowError e) {
      return fail(which + " gave " + e + " for:\n" + new String(file, StandardCharsets.UTF_8), e);
    }
  }

  private static byte[] mutated(Random random) {
    byte[] file = GOOD;
    for (int change = 1 + random.nextInt(4); change > 0; change--) {
      int at = random.nextInt(file.length);
      file =
          switch (random.nextInt(4)) {
            case 0 ->
                replaced(
                    file,
                    at,
                    at,
                    PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8));
            case 1 -> replaced(file, at, at + 1, new byte[] {(byte) random.nextInt(256)});
            case 2 ->
                replaced(file, at, Math.min(file.length, at + 1 + random.nextInt(12)), new byte[0]);
            default -> replaced(file, at, at, Arrays.copyOfRange(file, at / 2, at));
          };
    }
    return file;
  }

  private static byte[] replaced(byte[] file, int from, int to, byte[] by) {
    byte[] out = new byte[file.length - (to - from) + by.length];
    System.arraycopy(file, 0, out, 0, from);
    System.arraycopy(by, 0, out, from, by.length);
    System.arraycopy(file, to, out, from + by.length, file.length - to);
    return out;
  }
}
