package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("validate and apply")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DefinitionFilesTest extends CliTest {
  private static String workflow(String id, String command) {
    return "id: " + id + "\ntasks:\n  only: {run: " + command + "}\n";
  }

  @Test
  @DisplayName("validate reports what it found and stores nothing")
  void validate() {
    file("hello.yaml", HELLO);
    Run run = waymark("validate", "-f", "hello.yaml");
    assertThat(run.out()).isEqualTo("hello.yaml: valid (workflow/hello, 2 tasks)\n");
    assertThat(run.exitCode()).isZero();
    assertThat(home.resolve(".waymark")).doesNotExist();
  }

  @Test
  @DisplayName(
      "apply prints created, unchanged or updated; going back to older content is a new revision")
  void revisions() {
    for (String[] step :
        new String[][] {
          {"echo a", "workflow/w created (revision 1)\n"},
          {"echo a", "workflow/w unchanged (revision 1)\n"},
          {"echo b", "workflow/w updated (revision 2)\n"},
          {"echo a", "workflow/w updated (revision 3)\n"}
        }) {
      file("w.yaml", workflow("w", step[0]));
      assertThat(waymark("apply", "-f", "w.yaml").out()).isEqualTo(step[1]);
    }
    assertThat(list(parse(waymark("workflows", "history", "w", "-o", "json").out()), "items"))
        .extracting(w -> w.get("revision"))
        .containsExactly(1, 2, 3);
  }

  @Test
  @DisplayName("apply takes several files, folders in order of file names, and standard input")
  void manySources() throws IOException {
    file("flows/b.yml", workflow("b", "echo"));
    file("flows/a.yaml", workflow("a", "echo"));
    file("flows/c.json", "{\"id\": \"c\", \"tasks\": {\"only\": {\"run\": \"echo\"}}}");
    file("flows/notes.txt", "not a workflow");
    file("flows/deeper/d.yaml", workflow("d", "echo"));
    file("e.yaml", workflow("e", "echo"));
    stdin = workflow("f", "echo").getBytes(StandardCharsets.UTF_8);
    Run run = waymark("apply", "-f", "flows", "e.yaml", "-f", "-");
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines())
        .containsExactly(
            "workflow/a created (revision 1)",
            "workflow/b created (revision 1)",
            "workflow/c created (revision 1)",
            "workflow/e created (revision 1)",
            "workflow/f created (revision 1)");
    Files.createDirectory(home.resolve("empty"));
    assertThat(waymark("apply", "-f", "empty").err())
        .isEqualTo("waymark: folder \"empty\" has no workflow files (*.yaml, *.yml, *.json)\n");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"validate -f flows", "apply -f flows", "run -f flows/odd.yaml"})
  @DisplayName(
      "a pipe, a socket or a device is an error at once, and the command does not wait for data")
  void noFiles(String words) throws Exception {
    Path odd = Files.createDirectory(home.resolve("flows")).resolve("odd.yaml");
    file("flows/fine.yaml", workflow("fine", "echo"));
    assertThat(new ProcessBuilder("mkfifo", odd.toString()).start().waitFor()).isZero();
    assertRefused(words, "it is a named pipe, not a regular file; give a regular file, or use -f");
    Files.delete(odd);
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(odd));
      assertRefused(words, "it is a socket, not a regular file");
    }
    Files.delete(odd);
    Files.createSymbolicLink(odd, Path.of("/dev/zero"));
    assertRefused(words, "it is a device, not a regular file");
    Files.delete(odd);
    Files.createSymbolicLink(odd, Path.of("nowhere"));
    assertRefused(words, "it is a symbolic link to \"nowhere\", which cannot be followed");
    Files.delete(odd);
    Files.createSymbolicLink(odd, odd);
    assertRefused(words, "which cannot be followed");
  }

  private void assertRefused(String words, String message) {
    Run run = waymark(words.split(" ", -1));
    assertThat(run.err()).startsWith("waymark: cannot read \"flows/odd.yaml\": ").contains(message);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
  }

  @Test
  @DisplayName("a pipe that a shell passes as an open file is read")
  void openFile() throws Exception {
    Process shell = new ProcessBuilder("sleep", "60").start();
    try {
      try (OutputStream pipe = shell.getOutputStream()) {
        pipe.write(workflow("piped", "echo").getBytes(StandardCharsets.UTF_8));
      }
      Run run = waymark("validate", "-f", "/proc/" + shell.pid() + "/fd/0");
      assertThat(run.out()).contains("workflow/piped");
    } finally {
      shell.destroy();
    }
  }

  @Test
  @DisplayName("if one file is invalid, none is stored")
  void allOrNothing() {
    file("good.yaml", workflow("good", "echo"));
    file("bad.yaml", "id: bad\ntsks: {}\n");
    Run run = waymark("apply", "-f", "good.yaml", "-f", "bad.yaml");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .contains("bad.yaml:2:1: unknown key \"tsks\"; did you mean \"tasks\"?")
        .endsWith("waymark: 1 of 2 files is invalid; nothing was stored\n");
    assertNothingStored();
    Run validate = waymark("validate", "-f", "good.yaml", "bad.yaml");
    assertThat(validate.exitCode()).isEqualTo(2);
    assertThat(validate.out()).isEqualTo("good.yaml: valid (workflow/good, 1 task)\n");
  }

  @Test
  @DisplayName("the same id in two files is refused")
  void sameIdTwice() {
    file("one.yaml", workflow("same", "echo 1"));
    file("two.yaml", workflow("same", "echo 2"));
    Run run = waymark("apply", "-f", "one.yaml", "two.yaml");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            "waymark: workflow \"same\" is defined in two files, one.yaml and two.yaml; give each"
                + " file its own id\n");
    assertNothingStored();
  }

  static Stream<Arguments> badFiles() {
    return Stream.of(
        Arguments.of(
            "unknown key", "id: x\ntsks: {}\n", "flow.yaml:2:1:", "did you mean \"tasks\"?"),
        Arguments.of(
            "duplicate key", "id: x\nid: y\ntasks: {a: {run: echo}}\n", "flow.yaml:2:1:", "id"),
        Arguments.of("bad type", "id: x\ntasks: 5\n", "flow.yaml:2:8:", "tasks"),
        Arguments.of("no tasks", "id: x\ntasks: {}\n", "flow.yaml:2:8:", "task"),
        Arguments.of(
            "unknown needs",
            "id: x\ntasks:\n  build: {run: echo}\n  test: {run: echo, needs: [biuld]}\n",
            "flow.yaml:4:",
            "did you mean \"build\"?"),
        Arguments.of(
            "circular needs",
            "id: x\ntasks:\n  a: {run: echo, needs: [b]}\n  b: {run: echo, needs: [a]}\n",
            "flow.yaml:",
            "a"),
        Arguments.of("invalid id", "id: 'a b'\ntasks: {a: {run: echo}}\n", "flow.yaml:1:5:", "a b"),
        Arguments.of(
            "bad duration",
            "id: x\ntasks: {a: {run: echo, timeout: soon}}\n",
            "flow.yaml:2:",
            "soon"),
        Arguments.of(
            "alias bomb",
            """
            id: x
            a: &a [1,1,1,1,1,1,1,1,1]
            b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]
            c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]
            d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]
            e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]
            f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]
            g: [*f,*f,*f,*f,*f,*f,*f,*f,*f]
            """,
            "flow.yaml:",
            "limit"),
        Arguments.of(
            "too large",
            "id: x\n# " + "x".repeat(1 << 20) + "\ntasks: {a: {run: echo}}\n",
            "flow.yaml:",
            "limit"),
        Arguments.of(
            "NUL",
            "id: x\ndescription: \"a\\0b\"\ntasks: {a: {run: echo}}\n",
            "flow.yaml:2:",
            "U+0000"),
        Arguments.of(
            "lone surrogate",
            "id: x\ndescription: \"\\uD800\"\ntasks: {a: {run: echo}}\n",
            "flow.yaml:2:",
            "surrogate"),
        Arguments.of("no YAML at all", "id: [x\n", "flow.yaml:", ""));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName(
      "an invalid file is refused with line and column and exit code 2, and nothing is stored")
  @MethodSource("badFiles")
  void badFile(String name, String content, String place, String words) {
    file("flow.yaml", content);
    for (Run run :
        new Run[] {
          waymark("validate", "-f", "flow.yaml"),
          waymark("apply", "-f", "flow.yaml"),
          waymark("run", "-f", "flow.yaml")
        }) {
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err()).contains(place, words).doesNotContain("\tat ");
      assertThat(run.out()).isEmpty();
    }
    assertNothingStored();
  }

  @Test
  @DisplayName("bytes that are not UTF-8 are refused with line and column")
  void invalidUtf8() throws IOException {
    Files.write(home.resolve("flow.yaml"), new byte[] {'i', 'd', ':', ' ', (byte) 0xff, '\n'});
    Run run = waymark("apply", "-f", "flow.yaml");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("flow.yaml:1:5:", "UTF-8");
    assertNothingStored();
  }

  @Test
  @DisplayName("an escape sequence in a file name does not reach the terminal")
  void hostileFileName() {
    Run run = waymark("apply", "-f", "\u001b[31mred.yaml");
    assertThat(run.err()).doesNotContain("\u001b").contains("\\u001b[31mred.yaml");
  }

  private void assertNothingStored() {
    Run run = waymark("workflows", "list", "-o", "json");
    assertThat(run.exitCode()).as("no store exists").isEqualTo(3);
    assertThat(run.err()).contains("no store at ");
  }
}
