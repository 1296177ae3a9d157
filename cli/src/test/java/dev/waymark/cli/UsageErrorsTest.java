package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("wrong usage")
class UsageErrorsTest extends CliTest {
  @BeforeEach
  void createStore() {
    assertThat(waymark("pools", "set", "gpu", "--slots", "1").exitCode()).isZero();
  }

  @ParameterizedTest(name = "waymark {0}")
  @DisplayName("exits with 2 and prints one line with what to do")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "exections list | unknown command \"exections\"; did you mean \"executions\"?",
        "frobnicate | unknown command \"frobnicate\"; see waymark --help",
        "executions lst | unknown command \"executions lst\"; did you mean \"executions list\"?",
        "executions frobnicate | unknown command \"executions frobnicate\"; use one of list, show,"
            + " cancel, pause, resume, rerun, signal, tree, watch, delete",
        "--storre x version | unknown command \"x\"; see waymark --help",
        "--frob | missing command after \"--frob\"; see waymark --help",
        "executions list --limti 5 | unknown option \"--limti\" for \"executions list\"; did you"
            + " mean \"--limit\"?",
        "executions list --frobnicate=5 | unknown option \"--frobnicate\" for \"executions list\";"
            + " see waymark executions list --help",
        "executions list extra | unexpected argument \"extra\" for \"executions list\"; see waymark"
            + " executions list --help",
        "executions list --limit | option --limit requires a value, N; see waymark executions list"
            + " --help",
        "executions list --limit 5 --limit 6 | --limit was given twice; give it once; see waymark"
            + " executions list --help",
        "executions list --limit 0 | --limit 0 is out of range; use 1 to 1,000",
        "executions list --limit -1 | --limit -1 is out of range; use 1 to 1,000",
        "executions list --limit 1001 | --limit 1001 is out of range; use 1 to 1,000",
        "executions list --limit 99999999999999999999 | --limit \"99999999999999999999\" is out of"
            + " range; use 1 to 1,000",
        "executions list --limit many | --limit \"many\" is not a whole number; use 1 to 1,000",
        "executions list --offset -1 | --offset -1 is out of range; use 0 or more",
        "workflows list --limit 0 | --limit 0 is out of range; use 1 to 1,000",
        "executions tree 0 --depth -1 | --depth -1 is out of range; use 0 or more",
        "executions tree 0 --limit 0 | --limit 0 is out of range; use 1 to 100,000",
        "workflows list --offset -5 | --offset -5 is out of range; use 0 or more",
        "executions list --state RUNING | unknown state \"RUNING\"; did you mean \"RUNNING\"?",
        "executions list --state x | unknown state \"x\"; use one of PENDING, RUNNING, PAUSED,"
            + " CANCELLING, SUCCEEDED, FAILED, CANCELLED",
        "executions list --order newst | unknown order \"NEWST\"; did you mean \"NEWEST\"?",
        "executions list --label team | --label \"team\" has no value; use name=value",
        "executions list --label-any team | --label-any \"team\" has no value; use name=value",
        "executions list --label-prefix =x | --label-prefix \"=x\" has no name; use name=value",
        "executions list --label-exists team=data | --label-exists \"team=data\" is not the name of a"
            + " label; give only the name, or use --label NAME=VALUE",
        "executions list --task-state FAILED,RUNING | unknown task state \"RUNING\"; did you mean"
            + " \"RUNNING\"?",
        "executions list --task-state FAILED, | unknown task state \"\"; use one of PENDING, RUNNING,"
            + " RETRYING, WAITING, SUCCEEDED, FAILED, CANCELLED, SKIPPED",
        "executions list --ended-since soon | --ended-since \"soon\" is not a time; use 2026-01-31,"
            + " 2026-01-31T14:00 (local), 2026-01-31T14:00:00Z, or a duration before now such as 2h"
            + " or 7d",
        "executions list --after abc | cursor \"abc\" is not valid; pass the \"next\" of an earlier"
            + " page unchanged",
        "executions list --after abc --offset 3 | --after and --offset cannot be combined; give"
            + " one of them",
        "executions list -o xml | unknown output format \"xml\"; use table, json, jsonl or yaml",
        "executions list -o jsn | unknown output format \"jsn\"; did you mean \"json\"?",
        "executions show | \"executions show\" requires ID; see waymark executions show --help",
        "executions delete | give the IDs of the executions to delete, or a filter such as"
            + " --ended-until 30d",
        "executions delete --dry-run | give the IDs of the executions to delete, or a filter such as"
            + " --ended-until 30d",
        "executions delete --force | give the IDs of the executions to delete, or a filter such as"
            + " --ended-until 30d",
        "executions delete 0 --workflow x | IDs and filters cannot be combined; give one of them",
        "executions delete 0 --wait 1s | --wait requires --force",
        "executions delete 0 --force --wait 1 | --wait \"1\" is not a duration; use a number and a"
            + " unit (d, h, m, s, ms) such as 5s or 1h30m",
        "workflows delete x --force | --force requires --with-executions",
        "workflows delete | \"workflows delete\" requires ID; see waymark workflows delete --help",
        "validate | no file given; use -f PATH",
        "apply | no file given; use -f PATH",
        "apply report.yaml | unexpected argument \"report.yaml\" for \"apply\"; see waymark apply"
            + " --help",
        "run | nothing to run; give the id of a workflow, or -f FILE",
        "run hello -f x.yaml | give the id of a workflow or -f FILE, not both",
        "run hello --id 123 | --id \"123\" is not a UUID; use 36 characters such as"
            + " 018f2d1c-7b5e-7cc4-9e3a-4f2b8a6d0c11, or omit --id",
        "run hello -p name | -p \"name\" has no value; use name=value",
        "run -f missing.yaml | cannot read \"missing.yaml\": no such file; check the path",
        "worker --concurrency 0 | --concurrency 0 is out of range; use 1 to 10,000",
        "worker --lease 5 | --lease \"5\" is not a duration; use a number and a unit (d, h, m, s,"
            + " ms) such as 5s or 1h30m",
        "pools set gpu | give either --slots N or --unbounded",
        "run hello --priority 101 | --priority 101 is out of range; use -100 to 100",
        "logs 0 --attempt 0 | --attempt 0 is out of range; use 1 or more",
        "--store mysql://h/db executions list | unknown scheme \"mysql\" in the store URL;"
            + " use memory:NAME or postgresql://USER@HOST:PORT/DATABASE or sqlite:PATH",
        "--store sqllite:a.db executions list | unknown scheme \"sqllite\" in the store"
            + " URL; did you mean \"sqlite\"?",
        "--store postgresq://me:secret@h/db executions list | unknown scheme \"postgresq\" in the"
            + " store URL; did you mean \"postgresql\"?",
        "--store jdbc:postgresql://h/db?password=secret&user=me executions list | the store"
            + " URL is a JDBC URL; remove \"jdbc:\" from it",
        "--store a.db executions list | store URL \"a.db\" has no scheme; for a file, use"
            + " sqlite:a.db",
        "executions list --store sqlite: | store URL \"sqlite:\" has no path; use sqlite:PATH",
        "executions list --store sqlite::memory: | store URL \"sqlite::memory:\" does not name a"
            + " file, so its data would be lost; use sqlite:PATH",
        "executions list --store sqlite:a.db?busy-timout=5s | unknown store setting"
            + " \"busy-timout\"; did you mean \"busy-timeout\"?",
        "executions list --store sqlite:a.db?busy-timeout=5 | store setting busy-timeout \"5\" is"
            + " not a duration; use a number and a unit (d, h, m, s, ms) such as 5s or 1h30m",
        "executions list --store sqlite:a.db?max-page-size=0 | store setting max-page-size 0 is out"
            + " of range; use 1 or more",
      })
  void oneLine(String line, String message) {
    Run run = waymark(line.split(" ", -1));
    assertThat(run.err()).isEqualTo("waymark: " + message + "\n");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("an invalid time gets the list of valid forms")
  @CsvSource({"yesterday", "2026-13-01", "2026-01-31T25:00", "5x", "''"})
  void times(String time) {
    Run run = waymark("executions", "list", "--since=" + time);
    assertThat(run.err()).contains("--since", "is not a time; use 2026-01-31");
    assertThat(run.exitCode()).isEqualTo(2);
  }
}
