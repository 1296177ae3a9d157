package dev.waymark.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskId;
import dev.waymark.runner.api.TaskLogs;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The logs of tasks")
class TaskLogsTest {
  private static final ExecutionId ID = new ExecutionId(new UUID(1, 2));
  private static final TaskId TASK = new TaskId("a.b");

  @TempDir Path folder;
  private TaskLogs logs = new TaskLogs(Path.of("."));

  @BeforeEach
  void useFolder() {
    logs = new TaskLogs(folder);
  }

  @Test
  @DisplayName("are found by execution, task and attempt")
  void aLogIsWhereExecutionTaskAndAttemptSay() {
    assertThat(logs.path(ID, TASK, 3))
        .isEqualTo(folder.resolve(ID.toString()).resolve("a.b.3.log"));
    assertThat(new TaskLogs(Path.of("x")).directory()).isAbsolute();
  }

  @Test
  @DisplayName("are null if they do not exist")
  void whatIsNotThereIsNull() throws Exception {
    assertThat(logs.open(ID, TASK, 1)).isNull();
    assertThat(logs.tail(ID, TASK, 1, 10)).isNull();
  }

  @Test
  @DisplayName("are read byte for byte")
  void aLogIsReadByteForByte() throws Exception {
    write("ü\n\0x");
    try (InputStream in = Objects.requireNonNull(logs.open(ID, TASK, 1))) {
      assertThat(in.readAllBytes()).isEqualTo("ü\n\0x".getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  @DisplayName("have a tail that is the whole of a short log")
  void aTailIsTheWholeOfAShortLog() throws Exception {
    write("one\ntwo\n");
    assertThat(logs.tail(ID, TASK, 1, 8)).isEqualTo(new TaskLogs.Tail("one\ntwo\n", 0));
    write("");
    assertThat(logs.tail(ID, TASK, 1, 8)).isEqualTo(new TaskLogs.Tail("", 0));
  }

  @Test
  @DisplayName("have a tail of a long log that begins with a whole line")
  void aTailOfALongLogBeginsWithAWholeLine() throws Exception {
    write("one\ntwo\nthree\n");
    assertThat(logs.tail(ID, TASK, 1, 13)).isEqualTo(new TaskLogs.Tail("two\nthree\n", 4));
    assertThat(logs.tail(ID, TASK, 1, 10)).isEqualTo(new TaskLogs.Tail("two\nthree\n", 4));
    assertThat(logs.tail(ID, TASK, 1, 9)).isEqualTo(new TaskLogs.Tail("three\n", 8));
  }

  @Test
  @DisplayName("have a tail of one long line that begins with a whole character")
  void aTailOfOneLongLineBeginsWithAWholeCharacter() throws Exception {
    write("xüüü");
    assertThat(logs.tail(ID, TASK, 1, 3)).isEqualTo(new TaskLogs.Tail("ü", 5));
    assertThat(logs.tail(ID, TASK, 1, 4)).isEqualTo(new TaskLogs.Tail("üü", 3));
  }

  private void write(String text) throws Exception {
    Path path = logs.path(ID, TASK, 1);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
