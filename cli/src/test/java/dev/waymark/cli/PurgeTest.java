package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("purge")
class PurgeTest extends CliTest {
  private static final String SHORT =
      """
      id: short
      retention: {succeeded: 0s, keep-last: 1}
      tasks: {a: {run: echo hi}}
      """;

  @Test
  @DisplayName(
      "deletes what the retention of each workflow says, and shows it before with --dry-run")
  void purge() {
    assertThat(waymark("purge").exitCode()).isEqualTo(3);
    String first = runFile(SHORT).id();
    runFile(SHORT);
    String last = runFile(SHORT).id();
    String other = runFile("id: other\ntasks: {a: {run: echo hi}}\n").id();

    assertThat(waymark("purge", "--dry-run"))
        .isEqualTo(new Run(0, "short  2 executions\nwould delete 2 executions\n", ""));
    assertThat(waymark("executions", "show", first).exitCode()).isZero();
    Map<String, Object> page = parse(waymark("purge", "--dry-run", "-o", "json").out());
    assertThat(list(page, "items"))
        .isEqualTo(List.of(Map.of("workflow", "short", "deleted", 2, "kept", 0)));
    assertThat(waymark("purge"))
        .isEqualTo(new Run(0, "short  2 executions\ndeleted 2 executions\n", ""));
    assertThat(waymark("purge")).isEqualTo(new Run(0, "deleted 0 executions\n", ""));
    assertThat(waymark("executions", "show", first).exitCode()).isEqualTo(4);
    assertThat(waymark("executions", "show", last).exitCode()).isZero();
    assertThat(waymark("executions", "show", other).exitCode()).isZero();
    assertThat(waymark("logs", last).out()).isEqualTo("hi\n");
  }
}
