package dev.waymark.runner.file.internal;

import dev.waymark.core.internal.Text;
import dev.waymark.runner.file.internal.YamlTree.Finished;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A list or map that is not completely read yet. */
abstract sealed class YamlFrame {
  private final Position position;
  private final @Nullable String anchor;
  private long nodes = 1;
  private int height;

  private YamlFrame(Position position, @Nullable String anchor) {
    this.position = position;
    this.anchor = anchor;
  }

  /** The name by which an alias refers to it, or null. */
  final @Nullable String anchor() {
    return anchor;
  }

  final Position position() {
    return position;
  }

  /**
   * Adds the next node. {@code at} is its position in the file; if the node is the target of an
   * alias, its own position is different.
   */
  final void add(Finished next, Position at) {
    nodes += next.nodes();
    height = Math.max(height, next.height());
    accept(next.node(), at);
  }

  final Finished finish() {
    return new Finished(node(), nodes, height + 1);
  }

  /** Whether the next node is a key. */
  abstract boolean awaitsKey();

  /** Reports that the next node is a key that was already rejected; its value is skipped too. */
  abstract void refuseKey();

  abstract void accept(YamlNode next, Position at);

  abstract YamlNode node();

  static final class OfList extends YamlFrame {
    private final List<YamlNode> items = new ArrayList<>();

    OfList(Position position, @Nullable String anchor) {
      super(position, anchor);
    }

    @Override
    boolean awaitsKey() {
      return false;
    }

    @Override
    void refuseKey() {
      throw new IllegalStateException("a list has no keys");
    }

    @Override
    void accept(YamlNode next, Position at) {
      items.add(next);
    }

    @Override
    YamlNode node() {
      return new YamlList(position(), items);
    }
  }

  static final class OfMap extends YamlFrame {
    private final Map<String, YamlMap.Entry> entries = new LinkedHashMap<>();
    private final Problems problems;
    private @Nullable YamlScalar key;
    private boolean skipsValue;
    private boolean incomplete;

    OfMap(Position position, @Nullable String anchor, Problems problems) {
      super(position, anchor);
      this.problems = problems;
    }

    @Override
    boolean awaitsKey() {
      return key == null && !skipsValue;
    }

    @Override
    void refuseKey() {
      skipsValue = true;
      incomplete = true;
    }

    @Override
    void accept(YamlNode next, Position at) {
      YamlScalar current = key;
      if (skipsValue) {
        skipsValue = false;
      } else if (current == null) {
        acceptKey(next, at);
      } else {
        entries.put(current.text(), new YamlMap.Entry(current, next));
        key = null;
      }
    }

    private void acceptKey(YamlNode next, Position at) {
      if (!(next instanceof YamlScalar scalar && scalar.isString())) {
        String hint =
            next instanceof YamlScalar scalar
                ? "put it in quotes: \"" + scalar.text() + "\""
                : null;
        problems.add(at, "a key must be a string, found " + next.describe(), hint);
        refuseKey();
        return;
      }
      YamlMap.Entry first = entries.get(scalar.text());
      if (first != null) {
        String hint =
            "it is first defined in line " + first.key().position().line() + "; remove one of them";
        problems.add(at, "duplicate key " + Text.quote(scalar.text()), hint);
        // The value is skipped, but it is not missing.
        skipsValue = true;
        return;
      }
      key = new YamlScalar(at, scalar.text(), scalar.kind());
    }

    @Override
    YamlNode node() {
      return new YamlMap(position(), entries, incomplete);
    }
  }
}
