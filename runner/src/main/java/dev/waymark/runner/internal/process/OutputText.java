package dev.waymark.runner.internal.process;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskId;
import dev.waymark.runner.internal.base.OutputNames;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Parses the outputs that a task wrote: lines of {@code key=value}, values of several lines as
 * {@code key<<END}, and JSON objects of one line each, in any mixture.
 */
public final class OutputText {
  private static final String ALLOWED =
      "write key=value, key<<END with the value and END on lines of their own after it, or a JSON"
          + " object on one line";

  private final String text;
  private final Map<String, String> outputs = new LinkedHashMap<>();
  private int at;
  private int number;

  private OutputText(String text) {
    this.text = text;
  }

  /**
   * Returns the outputs, in the order in which their names were first written. If a name has
   * several values, the last one is used.
   *
   * @param bytes what the task wrote, in UTF-8
   * @param maxBytes the maximum number of bytes
   * @throws InvalidInputException when there are more bytes, or the format is invalid; it names the
   *     line
   */
  public static Map<String, String> parse(byte[] bytes, int maxBytes) {
    checkSize(bytes.length, maxBytes);
    OutputText outputs = new OutputText(decoded(bytes));
    while (outputs.hasLine()) {
      outputs.accept(outputs.line());
    }
    return outputs.outputs;
  }

  /** Rejects outputs with more bytes than the limit. */
  public static void checkSize(long bytes, int maxBytes) {
    if (bytes > maxBytes) {
      throw new InvalidInputException(
          "the outputs have "
              + bytes
              + " bytes; the limit maxOutputBytes is "
              + maxBytes
              + "; write the bulk to a file, and its name as an output");
    }
  }

  /** Rejects a result with more bytes than the limit; of outputs, the names and values count. */
  public static void checkSize(Payload result, int maxBytes) {
    Map<String, String> outputs = result.texts();
    if (!result.equals(Payload.ofTexts(outputs))) {
      checkSize(result.size(), maxBytes);
      return;
    }
    long bytes = 0;
    for (Map.Entry<String, String> output : outputs.entrySet()) {
      bytes += Text.utf8Bytes(output.getKey()) + (long) Text.utf8Bytes(output.getValue());
    }
    checkSize(bytes, maxBytes);
  }

  /** The outputs of several tasks as one JSON object. */
  public static String write(Map<TaskId, Map<String, String>> outputs) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      outputs.forEach(
          (task, values) -> {
            json.writeName(task.value());
            json.writeStartObject();
            values.forEach(json::writeStringProperty);
            json.writeEndObject();
          });
      json.writeEndObject();
    }
    return out + "\n";
  }

  /**
   * The environment variable that contains an output of a need: {@code OUTPUT_LOAD_ROWS_ROW_COUNT}
   * for {@code row-count} of {@code load.rows}. Unlike the variables of inputs, those of two
   * outputs may be the same.
   */
  public static String environmentName(TaskId task, String output) {
    String name = ("OUTPUT_" + task + "_" + output).toUpperCase(Locale.ROOT);
    return name.replaceAll("[^A-Z0-9]", "_");
  }

  private static String decoded(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    if (result.isError()) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "the outputs are not UTF-8: byte 0x%02x at offset %d; write text in UTF-8, and"
                  + " anything else to a file",
              bytes[in.position()] & 0xff,
              in.position()));
    }
    return out.flip().toString();
  }

  private void accept(String line) {
    int equals = line.indexOf('=');
    int block = line.indexOf("<<");
    if (line.stripLeading().startsWith("{")) {
      OutputJson.read(line, number, outputs);
    } else if (block >= 0 && (equals < 0 || block < equals)) {
      block(name(number, line.substring(0, block)), line.substring(block + "<<".length()));
    } else if (equals >= 0) {
      outputs.put(name(number, line.substring(0, equals)), line.substring(equals + 1));
    } else if (!line.isBlank()) {
      throw refused(number, "is " + Text.quote(line), ALLOWED);
    }
  }

  private void block(String name, String delimiter) {
    int first = number;
    if (delimiter.isBlank()) {
      throw refused(
          first, "does not say after << what ends the value", "write a word, such as END");
    }
    StringJoiner value = new StringJoiner("\n");
    while (hasLine()) {
      String line = line();
      if (line.equals(delimiter)) {
        outputs.put(name, value.toString());
        return;
      }
      value.add(line);
    }
    throw refused(
        first,
        "begins a value that does not end",
        "write " + Text.quote(delimiter) + " on a line of its own after the value");
  }

  private boolean hasLine() {
    return at < text.length();
  }

  /** The next line, without its line end of any system. */
  private String line() {
    int feed = text.indexOf('\n', at);
    int end = feed < 0 ? text.length() : feed;
    String line = text.substring(at, end > at && text.charAt(end - 1) == '\r' ? end - 1 : end);
    at = end + 1;
    number++;
    if (line.indexOf('\0') >= 0) {
      throw refused(
          number, "has a NUL character (U+0000)", "write text, and anything else to a file");
    }
    return line;
  }

  /** Returns the name if it is a valid output name. */
  static String name(int line, String name) {
    return OutputNames.check(place(line) + ": the name", name);
  }

  static InvalidInputException refused(int line, String what, String todo) {
    return new InvalidInputException(place(line) + " " + what + "; " + todo);
  }

  private static String place(int line) {
    return "line " + line + " of the outputs";
  }
}
