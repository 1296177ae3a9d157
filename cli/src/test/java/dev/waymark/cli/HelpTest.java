package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("help, version and completion")
class HelpTest extends CliTest {
  @ParameterizedTest(name = "waymark {0} --help")
  @DisplayName("every command has help with examples and exit codes")
  @ValueSource(
      strings = {
        "validate",
        "apply",
        "run",
        "worker",
        "workflows list",
        "workflows show",
        "workflows history",
        "workflows delete",
        "executions list",
        "executions show",
        "executions cancel",
        "executions pause",
        "executions resume",
        "executions rerun",
        "executions signal",
        "executions tree",
        "executions watch",
        "executions delete",
        "task-runs list",
        "attempts list",
        "workers list",
        "pools list",
        "pools set",
        "logs",
        "backup",
        "restore",
        "purge",
        "version",
        "completion"
      })
  void everyCommandHasHelp(String command) {
    Run help = waymark((command + " --help").split(" ", -1));
    assertThat(help.exitCode()).isZero();
    assertThat(help.out())
        .startsWith("Usage: waymark " + command)
        .contains("Exit codes:", "Examples:", "waymark " + command, "--store");
    assertThat(help.err()).isEmpty();
    assertThat(waymark(("help " + command).split(" ", -1)).out()).isEqualTo(help.out());
    assertThat(waymark(("--help " + command).split(" ", -1)).out()).isEqualTo(help.out());
  }

  @Test
  @DisplayName("help without a command lists the commands")
  void rootHelp() {
    for (Run help : new Run[] {waymark("--help"), waymark("-h"), waymark("help")}) {
      assertThat(help.exitCode()).isZero();
      assertThat(help.out())
          .contains(
              "validate",
              "apply",
              "run",
              "worker",
              "workflows",
              "executions",
              "task-runs",
              "attempts",
              "logs",
              "backup",
              "restore",
              "purge",
              "version",
              "completion");
    }
  }

  @Test
  @DisplayName("the help of a group lists its commands; the group alone is wrong usage")
  void groupHelp() {
    assertThat(waymark("executions", "--help").out())
        .contains("list", "show", "cancel", "pause", "resume", "rerun", "watch", "delete");
    Run alone = waymark("executions");
    assertThat(alone.exitCode()).isEqualTo(2);
    assertThat(alone.err())
        .isEqualTo(
            "waymark: \"executions\" requires a command; use one of list, show, cancel, pause,"
                + " resume, rerun, signal, tree, watch, delete\n");
  }

  @Test
  @DisplayName("without arguments the help goes to standard error and the exit code is 2")
  void nothing() {
    Run run = waymark();
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("Commands:");
  }

  @Test
  @DisplayName("version prints one line, and opens no store")
  void version() {
    environment.put("WAYMARK_STORE", "nonsense");
    assertThat(waymark("version").out()).matches("waymark .+ \\(Java .+\\)\n");
    assertThat(waymark("--version").out()).isEqualTo(waymark("version").out());
    assertThat(waymark("-v", "version").exitCode()).isZero();
  }

  @Test
  @DisplayName("completion prints a script for bash and zsh")
  void completion() {
    Run bash = waymark("completion");
    assertThat(bash.exitCode()).isZero();
    assertThat(bash.out())
        .contains("#!/usr/bin/env bash", "executions", "--until-idle", "jsonl", "CANCELLING");
    assertThat(waymark("completion", "zsh").out()).isEqualTo(bash.out());
    assertThat(waymark("completion", "fish").err())
        .isEqualTo("waymark: no completion script for \"fish\"; use bash or zsh\n");
  }
}
