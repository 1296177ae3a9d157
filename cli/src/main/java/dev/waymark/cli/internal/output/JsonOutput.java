package dev.waymark.cli.internal.output;

import java.io.Writer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.SerializableString;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.core.util.Separators.Spacing;

/** Writes maps, lists, strings and numbers as JSON. */
final class JsonOutput {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  private JsonOutput() {}

  /** Writes a value on several indented lines, followed by a line feed. */
  static void writeIndented(Writer out, Object value) {
    Separators separators =
        Separators.createDefaultInstance()
            .withObjectNameValueSpacing(Spacing.AFTER)
            .withObjectEmptySeparator("")
            .withArrayEmptySeparator("")
            .withRootSeparator(null);
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    write(
        out,
        value,
        new DefaultPrettyPrinter(separators)
            .withObjectIndenter(indenter)
            .withArrayIndenter(indenter));
  }

  /** Writes a value on one line, followed by a line feed. */
  static void writeLine(Writer out, Object value) {
    write(out, value, null);
  }

  private static void write(Writer out, Object value, @Nullable PrettyPrinter printer) {
    try (JsonGenerator json = FACTORY.createGenerator(new Context(printer), out)) {
      write(json, value);
      json.writeRaw('\n');
    }
  }

  private static void write(JsonGenerator json, @Nullable Object value) {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      map.forEach(
          (name, member) -> {
            json.writeName((String) name);
            write(json, member);
          });
      json.writeEndObject();
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      list.forEach(item -> write(json, item));
      json.writeEndArray();
    } else if (value instanceof Boolean truth) {
      json.writeBoolean(truth);
    } else if (value instanceof Long number) {
      json.writeNumber(number);
    } else if (value instanceof Integer number) {
      json.writeNumber(number);
    } else {
      json.writeString(value.toString());
    }
  }

  /** The layout and the escaping of values. */
  private static final class Context extends ObjectWriteContext.Base {
    private final @Nullable PrettyPrinter printer;

    Context(@Nullable PrettyPrinter printer) {
      this.printer = printer;
    }

    @Override
    public @Nullable PrettyPrinter getPrettyPrinter() {
      return printer;
    }

    @Override
    public boolean hasPrettyPrinter() {
      return printer != null;
    }

    @Override
    public CharacterEscapes getCharacterEscapes() {
      return Escapes.INSTANCE;
    }
  }

  /**
   * JSON requires escapes only for characters below the space. A terminal also interprets some
   * characters above it.
   */
  private static final class Escapes extends CharacterEscapes {
    private static final long serialVersionUID = 1L;

    static final Escapes INSTANCE = new Escapes();

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] codes = CharacterEscapes.standardAsciiEscapesForJSON();
      codes[0x7f] = ESCAPE_STANDARD;
      return codes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
      if (character < 0x80
          || Character.isSurrogate((char) character)
          || Printable.isPlain((char) character)) {
        return null;
      }
      return new SerializedString(String.format(Locale.ROOT, "\\u%04x", character));
    }
  }
}
