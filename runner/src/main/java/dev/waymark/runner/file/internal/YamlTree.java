package dev.waymark.runner.file.internal;

import dev.waymark.runner.definition.DefinitionLimits;
import dev.waymark.runner.file.internal.YamlScalar.Kind;
import dev.waymark.runner.internal.base.Suggestions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Builds the tree of a file from the parser's events.
 *
 * <p>The parser's own composer is not used, for three reasons. It is recursive, so a file of nested
 * brackets overflows the stack. It resolves aliases without counting the nodes that they expand to.
 * It stops at the first duplicate key. Here, open collections are on an explicit stack, and each
 * finished node has a count of its expanded nodes. So an alias bomb is detected at the alias that
 * exceeds the limit, before anything is expanded.
 */
public final class YamlTree {
  private final DefinitionLimits limits;
  private final Problems problems;
  private final Deque<YamlFrame> open = new ArrayDeque<>();
  private final Map<String, Finished> anchors = new HashMap<>();
  private final Set<String> openAnchors = new HashSet<>();
  private long nodes;
  private boolean inDocument;
  private @Nullable YamlNode root;

  /**
   * A node with the cost of an alias to it.
   *
   * @param nodes how many nodes it contains, itself included
   * @param height how many levels it has, itself included
   */
  record Finished(YamlNode node, long nodes, int height) {}

  private YamlTree(DefinitionLimits limits, Problems problems) {
    this.limits = limits;
    this.problems = problems;
  }

  /**
   * Returns the root of the file's only document. Returns null, and adds a fatal problem, when
   * there is no root to continue with.
   */
  public static @Nullable YamlNode read(String text, DefinitionLimits limits, Problems problems) {
    YamlTree tree = new YamlTree(limits, problems);
    String visible = SourceText.withoutMark(text);
    // The reader counts code points; a text has at most as many code points as characters.
    LoadSettings settings =
        LoadSettings.builder().setCodePointLimit(Math.max(1, visible.length())).build();
    tree.readAll(new ParserImpl(settings, new StreamReader(settings, visible)));
    return tree.result();
  }

  private @Nullable YamlNode result() {
    boolean empty =
        root == null || (root instanceof YamlScalar scalar && scalar.kind() == Kind.NULL);
    if (empty && !problems.isFatal()) {
      problems.addFatal(
          Position.START, "the file is empty", "a workflow needs at least \"id\" and \"tasks\"");
    }
    return problems.isFatal() ? null : root;
  }

  /**
   * The parser also throws exceptions of the JDK, such as NumberFormatException for the escape
   * {@code UFFFFFFFF}. These also mean that the file is invalid.
   */
  private void readAll(Iterator<Event> events) {
    Position last = Position.START;
    while (!problems.isFatal()) {
      Event event;
      try {
        if (!events.hasNext()) {
          return;
        }
        event = events.next();
      } catch (RuntimeException e) {
        SyntaxMessages.report(e, last, problems);
        return;
      }
      accept(event);
      last = SyntaxMessages.position(event.getEndMark(), last);
    }
  }

  private void accept(Event event) {
    Position at = SyntaxMessages.position(event.getStartMark(), Position.START);
    switch (event.getEventId()) {
      case DocumentStart -> startDocument(at);
      case MappingStart, SequenceStart -> startCollection((CollectionStartEvent) event, at);
      case MappingEnd, SequenceEnd -> endCollection();
      case Scalar -> scalar((ScalarEvent) event, at);
      case Alias -> alias((AliasEvent) event, at);
      default -> {
        // The ends of the stream and of documents carry no data; parsing of comments is not
        // enabled.
      }
    }
  }

  private void startDocument(Position at) {
    if (inDocument) {
      problems.addFatal(
          at,
          "the file has a second document",
          "keep one workflow in a file and remove the \"---\" line");
    }
    inDocument = true;
  }

  private void startCollection(CollectionStartEvent event, Position at) {
    refuseTag(event.getTag(), at);
    if (open.size() >= limits.maxDepth()) {
      refuseDepth(at);
      return;
    }
    String anchor = anchor(event);
    if (anchor != null) {
      anchors.remove(anchor);
      openAnchors.add(anchor);
    }
    open.push(
        event.getEventId() == Event.ID.MappingStart
            ? new YamlFrame.OfMap(at, anchor, problems)
            : new YamlFrame.OfList(at, anchor));
    count(1, at);
  }

  private void endCollection() {
    YamlFrame frame = open.pop();
    Finished finished = frame.finish();
    if (frame.anchor() != null) {
      openAnchors.remove(frame.anchor());
      anchors.put(frame.anchor(), finished);
    }
    deliver(finished, finished.node().position());
  }

  private void scalar(ScalarEvent event, Position at) {
    refuseTag(event.getTag(), at);
    String text = event.getValue();
    refuseMalformed(text, at);
    YamlScalar scalar =
        event.isPlain() ? YamlScalar.plain(at, text) : new YamlScalar(at, text, Kind.STRING);
    Finished finished = new Finished(scalar, 1, 0);
    String anchor = anchor(event);
    if (anchor != null) {
      anchors.put(anchor, finished);
    }
    boolean merge =
        event.isPlain() && text.equals("<<") && !open.isEmpty() && open.element().awaitsKey();
    if (merge) {
      problems.add(
          at,
          "unknown key \"<<\"",
          "merge keys are not part of YAML 1.2; write the entries out, or give the whole value by"
              + " an alias");
      open.element().refuseKey();
    } else {
      count(1, at);
      deliver(finished, at);
    }
  }

  private void alias(AliasEvent event, Position at) {
    String name = event.getAlias().getValue();
    Finished target = anchors.get(name);
    if (openAnchors.contains(name)) {
      problems.addFatal(
          at, "the alias *" + name + " is inside its own anchor", "a value cannot contain itself");
    } else if (target == null) {
      String nearest = Suggestions.nearest(name, anchors.keySet());
      problems.addFatal(
          at,
          "unknown alias *" + name,
          nearest == null
              ? "its anchor &" + name + " must come before it"
              : "did you mean *" + nearest + "?");
    } else if (open.size() + target.height() > limits.maxDepth()) {
      refuseDepth(at);
    } else {
      count(target.nodes(), at);
      deliver(target, at);
    }
  }

  private void deliver(Finished finished, Position at) {
    if (open.isEmpty()) {
      root = finished.node();
    } else {
      open.element().add(finished, at);
    }
  }

  private void count(long more, Position at) {
    nodes += more;
    if (nodes > limits.maxNodes()) {
      String message =
          "the file has more than "
              + limits.maxNodes()
              + " values once its aliases are expanded; that is the limit maxNodes";
      problems.addFatal(at, message, "use fewer aliases, or split the workflow");
    }
  }

  private void refuseDepth(Position at) {
    String message =
        "lists and maps are nested more than "
            + limits.maxDepth()
            + " levels deep; that is the limit maxDepth";
    problems.addFatal(at, message, "a workflow needs no more than 5");
  }

  private void refuseTag(Optional<String> tag, Position at) {
    tag.ifPresent(
        name -> {
          String shown =
              name.startsWith("tag:yaml.org,2002:")
                  ? "!!" + name.substring("tag:yaml.org,2002:".length())
                  : name;
          problems.add(
              at,
              "the tag " + shown + " is not allowed",
              "remove it; a value in quotes is always a string");
        });
  }

  /**
   * Text from the file is well-formed at this point, but the result of an escape such as {@code
   * \ud800} or {@code \0} may not be.
   */
  private void refuseMalformed(String text, Position at) {
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      if (c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
        problems.add(
            at,
            c == 0
                ? "this text has a NUL character (U+0000)"
                : String.format(Locale.ROOT, "this text has a lone surrogate (U+%04X)", c),
            "remove its escape");
        return;
      }
    }
  }

  private static @Nullable String anchor(NodeEvent event) {
    return event.getAnchor().map(Anchor::getValue).orElse(null);
  }
}
