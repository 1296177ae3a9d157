package dev.waymark.cli.internal.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.cli.internal.base.CliException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("the quick reader and picocli")
class ReadersTest {
  private static final Option ONE = Option.of("X", "One value.", "-o", "--one");
  private static final Option MANY = Option.of("X", "Several values.", "-m", "--many").repeatable();
  private static final Option GREEDY =
      Option.of("X", "All that follows.", "-g", "--greedy").greedy();
  private static final Option FLAG = Option.flag("No value.", "-f", "--flag");
  private static final List<Option> ALL =
      List.of(ONE, MANY, GREEDY, FLAG, CommonOptions.STORE, CommonOptions.VERBOSE);
  private static final Syntax SYNTAX =
      Syntax.of("test", "A test.")
          .operand(new Operand("WORD", false, "A word."))
          .options(ONE, MANY, GREEDY, FLAG);
  private static final Syntax NEEDY =
      Syntax.of("test", "A test.").operand(new Operand("WORD", true, "A word.")).options(ONE);

  private static final Syntax SEVERAL =
      Syntax.of("test", "A test.")
          .operand(new Operand("WORD", false, true, "Words."))
          .options(ONE, MANY, GREEDY, FLAG);

  private static String inWords(Arguments arguments) {
    StringBuilder words = new StringBuilder("operands=" + arguments.operands());
    for (Option option : ALL) {
      words.append(' ').append(option.name()).append('=').append(arguments.values(option));
    }
    return words.toString();
  }

  private static List<String> split(String line) {
    return new ArrayList<>(List.of(line.split(" ", -1)));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("return the same result for plain lines")
  @ValueSource(
      strings = {
        "word",
        "-o 1",
        "--one 1",
        "--one=1",
        "--one=",
        "--one=a=b",
        "-m a -m b --many=c",
        "-f",
        "--flag word",
        "word -f -o x",
        "-g a b c",
        "-g a b -g c -f",
        "--greedy a --flag word",
        "-o - word",
        "-",
        "--store sqlite:x -v",
        "-m k=v",
        "-o @x",
        "@x",
        "-o a,b",
        "-m a,b",
        "-o ünïcode",
        "-o \"quoted\"",
        "\"word\"",
        "-o ${x}"
      })
  void agree(String line) {
    Arguments quick = QuickReader.read(SYNTAX, split(line));
    Arguments picocli = PicocliReader.read(SYNTAX, split(line));
    assertThat(picocli).isNotNull();
    if (quick != null) {
      assertThat(inWords(quick)).isEqualTo(inWords(picocli));
    }
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("return the same words for a command that takes several")
  @ValueSource(
      strings = {"one", "one two three", "one -f two --one x three", "-g a b --flag one two"})
  void several(String line) {
    Arguments quick = QuickReader.read(SEVERAL, split(line));
    Arguments picocli = PicocliReader.read(SEVERAL, split(line));
    assertThat(quick).isNotNull();
    assertThat(picocli).isNotNull();
    assertThat(inWords(quick)).isEqualTo(inWords(picocli));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("the quick reader leaves unusual lines to picocli, which reads them")
  @ValueSource(strings = {"-fv", "-ox", "-o=x", "-- word", "-o -1", "-o --x"})
  void unusual(String line) {
    assertThat(QuickReader.read(SYNTAX, split(line))).isNull();
    assertThat(Reader.read(SYNTAX, split(line))).isNotNull();
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("the quick reader leaves invalid lines to picocli, which refuses them")
  @ValueSource(
      strings = {"-x", "--on 1", "-o", "-o 1 -o 2", "one two", "--flag=x y", "-g", "--unknown"})
  void wrong(String line) {
    assertThat(QuickReader.read(SYNTAX, split(line))).isNull();
    assertThatThrownBy(() -> Reader.read(SYNTAX, split(line))).isInstanceOf(CliException.class);
  }

  @Test
  @DisplayName("help is recognised in any position, and a required operand is required")
  void helpAndRequired() {
    assertThat(Reader.read(SYNTAX, List.of("--help"))).isNull();
    assertThat(Reader.read(NEEDY, List.of("-o", "x", "-h"))).isNull();
    assertThatThrownBy(() -> Reader.read(NEEDY, List.of("-o", "x")))
        .hasMessage("\"test\" requires WORD; see waymark test --help");
  }
}
