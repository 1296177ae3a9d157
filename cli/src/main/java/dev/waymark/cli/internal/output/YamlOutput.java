package dev.waymark.cli.internal.output;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.StreamDataWriter;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.representer.StandardRepresenter;

/**
 * Writes maps, lists, strings and numbers as one YAML document that YAML 1.1 and YAML 1.2 parsers
 * read identically.
 */
final class YamlOutput {
  private YamlOutput() {}

  /** Writes a value. */
  static void write(Writer out, Object value) {
    DumpSettings settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setWidth(Integer.MAX_VALUE)
            .setSplitLines(false)
            .setUseUnicodeEncoding(true)
            .build();
    new Dump(settings, new Representer(settings)).dump(value, new Target(out));
  }

  /** Quotes every string that one of the two versions could read as another type. */
  private static final class Representer extends StandardRepresenter {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_. /-]*(?<! )");
    private static final Set<String> WORDS =
        Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

    Representer(DumpSettings settings) {
      super(settings);
      representers.put(
          Instant.class,
          time -> representScalar(Tag.STR, time.toString(), ScalarStyle.DOUBLE_QUOTED));
      representers.put(String.class, text -> text((String) text));
    }

    private Node text(String text) {
      return representScalar(Tag.STR, text, style(text));
    }

    private static ScalarStyle style(String text) {
      if (text.indexOf('\n') >= 0 && Printable.block(text).equals(text)) {
        return ScalarStyle.LITERAL;
      }
      boolean plain =
          PLAIN.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT));
      return plain ? ScalarStyle.PLAIN : ScalarStyle.DOUBLE_QUOTED;
    }
  }

  /** The destination of the document. */
  private static final class Target implements StreamDataWriter {
    private final Writer out;

    Target(Writer out) {
      this.out = out;
    }

    @Override
    public void write(String text) {
      write(text, 0, text.length());
    }

    /**
     * Characters that control a terminal occur only in double quotes, where an escape has the same
     * meaning.
     */
    private void write(char c) throws IOException {
      if (c < 0x80 || Character.isSurrogate(c) || Printable.isPlain(c)) {
        out.write(c);
      } else {
        out.write(String.format(Locale.ROOT, "\\u%04x", (int) c));
      }
    }

    @Override
    public void write(String text, int offset, int length) {
      try {
        for (int i = offset; i < offset + length; i++) {
          write(text.charAt(i));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
