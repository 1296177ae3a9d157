package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.trials.CommandLine.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The same commands on both backends")
class SameAnswersIT {
  private static final Pattern ID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
  private static final Pattern WORKER = Pattern.compile("(\"worker\": )\"[^\"]*\"");

  /** Retries, a failure, tasks that are skipped because of it, and unusual text. */
  private static final String DEFINITION =
      """
      id: trial
      description: "Ünïcödé 🚀, 'quotes', \\"more\\", back\\\\slash, %_"
      labels: {team: "d'äta", empty: ""}
      inputs:
        day: {description: Which day, default: "today 🚀 {\\"a\\": 1}"}
      tasks:
        first:
          run: test "$WAYMARK_ATTEMPT" -ge 3
          retry: {max-attempts: 3, delay: 1ms}
        second: {needs: [first], run: 'test -n "$INPUT_DAY"'}
        third: {needs: [second], run: "exit 7"}
        fourth: {needs: [third], run: echo never}
      """;

  @TempDir Path home = Path.of("");

  @Test
  @DisplayName("run and show a workflow with the same output, except ids, times and workers")
  void sameAnswers() throws IOException {
    Files.writeString(home.resolve("trial.yaml"), DEFINITION);
    try (StoreLocation sqlite = StoreLocation.sqlite(home);
        StoreLocation postgres = StoreLocation.postgres()) {
      Map<String, String> onSqlite = answers(sqlite.url());
      Map<String, String> onPostgres = answers(postgres.url());
      assertThat(onSqlite.get("executions show"))
          .contains("\"state\": \"FAILED\"", "\"exitCode\": 7", "🚀", "\"to\": \"SKIPPED\"");
      assertThat(onPostgres).isEqualTo(onSqlite);
    }
  }

  /** The output of a list of commands, by command. */
  private Map<String, String> answers(String url) {
    Map<String, String> answers = new LinkedHashMap<>();
    Matcher ids = ID.matcher("");
    ask(answers, url, "apply", "-f", "trial.yaml");
    ask(answers, url, "run", "trial", "--concurrency", "1", "-p", "day=x🚀");
    ask(answers, url, "run", "trial", "--detach");
    ask(answers, url, "worker", "--until-idle", "--concurrency", "1");
    String list = ask(answers, url, "executions", "list", "-o", "json");
    ids.reset(list);
    assertThat(ids.find()).as("an id in %s", list).isTrue();
    String shown = ask(answers, url, "executions", "show", ids.group(), "-o", "json");
    ask(answers, url, "task-runs", "list", ids.group(), "-o", "json");
    ids.reset(shown.substring(shown.indexOf("taskRuns")));
    assertThat(ids.find()).as("the id of a task run in %s", shown).isTrue();
    ask(answers, url, "attempts", "list", ids.group(), "-o", "json");
    ask(answers, url, "executions", "list", "--state", "FAILED", "--offset", "7", "-o", "json");
    ask(answers, url, "workflows", "show", "trial", "-o", "json");
    ask(answers, url, "workflows", "history", "trial", "-o", "json");
    ask(answers, url, "executions", "show", "ffffffff");
    answers.replaceAll((command, answer) -> withoutChance(answer));
    return answers;
  }

  private String ask(Map<String, String> answers, String url, String... words) {
    Result result = CommandLine.run(home, url, words);
    // The progress of a run on standard error contains durations.
    String err = words[0].equals("run") || words[0].equals("worker") ? "" : result.err();
    String name = words.length > 1 ? words[0] + " " + words[1] : words[0];
    answers.merge(name, result.exitCode() + "\n" + result.out() + err, String::concat);
    return result.out();
  }

  /** With ids numbered in the order of their appearance, and without times and workers. */
  private static String withoutChance(String answer) {
    Map<String, String> numbers = new LinkedHashMap<>();
    String numbered =
        ID.matcher(answer)
            .replaceAll(id -> numbers.computeIfAbsent(id.group(), k -> "id-" + numbers.size()));
    String timeless = TIME.matcher(numbered).replaceAll("TIME");
    return WORKER.matcher(timeless).replaceAll("$1\"WORKER\"");
  }
}
