package dev.waymark.runner.file.internal;

import dev.waymark.core.internal.Text;
import dev.waymark.runner.definition.Stage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The target of a JSON pointer.
 *
 * @param pointer the pointer
 * @param tokens its tokens, unescaped
 * @param key the key of the node; null for the root and for an item of a list
 * @param node the node
 */
record KeyPath(String pointer, List<String> tokens, @Nullable YamlScalar key, YamlNode node) {
  private static final Set<String> STAGES =
      Arrays.stream(Stage.values()).map(Stage::key).collect(Collectors.toUnmodifiableSet());

  /** Resolves a pointer. The validator created it, so the target exists. */
  static KeyPath find(YamlNode root, String pointer) {
    List<String> tokens = new ArrayList<>();
    YamlScalar key = null;
    YamlNode node = root;
    for (int slash = 0; slash < pointer.length(); ) {
      int next = pointer.indexOf('/', slash + 1);
      int end = next < 0 ? pointer.length() : next;
      String token = pointer.substring(slash + 1, end).replace("~1", "/").replace("~0", "~");
      tokens.add(token);
      if (node instanceof YamlMap map) {
        YamlMap.Entry entry = map.entries().get(token);
        if (entry == null) {
          throw new IllegalStateException("nothing is at " + pointer);
        }
        key = entry.key();
        node = entry.value();
      } else {
        key = null;
        node = ((YamlList) node).items().get(Integer.parseInt(token));
      }
      slash = end;
    }
    return new KeyPath(pointer, tokens, key, node);
  }

  /**
   * The position to report for a problem with the value: the value, or its key if the value is
   * missing.
   */
  Position position() {
    boolean nothing =
        node instanceof YamlScalar scalar
            && scalar.kind() == YamlScalar.Kind.NULL
            && scalar.text().isEmpty();
    return nothing ? keyPosition() : node.position();
  }

  /** The position of the key; for an item of a list, the position of the item. */
  Position keyPosition() {
    return key == null ? node.position() : key.position();
  }

  /** Whether it is the {@code if} of a task. */
  boolean isCondition() {
    return tokens.size() == 3 && STAGES.contains(tokens.get(0)) && lastToken().equals("if");
  }

  /** The last token; empty for the root. */
  String lastToken() {
    return tokens.isEmpty() ? "" : tokens.get(tokens.size() - 1);
  }

  /** The name of the target in a message. */
  String name() {
    int depth = tokens.size();
    if (depth == 0) {
      return "the workflow";
    }
    if (key == null) {
      return "item "
          + (Integer.parseInt(lastToken()) + 1)
          + (depth < 2 ? "" : " of " + Text.quote(tokens.get(depth - 2)));
    }
    String first = tokens.get(0);
    if (depth == 2 && STAGES.contains(first)) {
      return "task " + Text.quote(lastToken());
    }
    return (depth == 2 && first.equals("inputs") ? "input " : "") + Text.quote(lastToken());
  }
}
