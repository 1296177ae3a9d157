package dev.waymark.runner.file;

import dev.waymark.runner.definition.DefinitionLimits;
import dev.waymark.runner.definition.InvalidDefinitionException;
import dev.waymark.runner.definition.WorkflowDefinition;
import dev.waymark.runner.file.internal.DefinitionMapper;
import dev.waymark.runner.file.internal.Problems;
import dev.waymark.runner.file.internal.SemanticCheck;
import dev.waymark.runner.file.internal.SourceText;
import dev.waymark.runner.file.internal.WorkflowSchema;
import dev.waymark.runner.file.internal.YamlMap;
import dev.waymark.runner.file.internal.YamlNode;
import dev.waymark.runner.file.internal.YamlTree;
import java.io.InputStream;

/**
 * Reads workflow files, YAML 1.2 or JSON, and checks them as text, as YAML, against the published
 * JSON Schema, and for rules that a schema cannot express, such as circular {@code needs}. Each
 * check reports every problem that it finds. A later check still runs after an earlier one failed
 * if the meaning is clear, so that one read shows every independent problem. A file is either
 * accepted as a whole or rejected as a whole.
 *
 * <p>Immutable and thread-safe. The schema is loaded once in a process, when the first file is
 * read.
 *
 * <p>For example:
 *
 * <pre>{@code
 * WorkflowDefinition definition =
 *     new DefinitionReader().read("flow.yaml", Files.readString(Path.of("flow.yaml")));
 * }</pre>
 *
 * @since 0.1.0
 */
public final class DefinitionReader {
  /** The class-path name of the published JSON Schema (draft 2020-12) of a workflow file. */
  public static final String SCHEMA_RESOURCE = WorkflowSchema.RESOURCE;

  private final DefinitionLimits limits;

  /** A reader with the default limits. */
  public DefinitionReader() {
    this(DefinitionLimits.defaults());
  }

  /** A reader with these limits. */
  public DefinitionReader(DefinitionLimits limits) {
    this.limits = limits;
  }

  /**
   * Reads a workflow file from its bytes, which must be UTF-8. A byte order mark at the beginning
   * is allowed.
   *
   * @param sourceName the name of the file for messages, as the user gave it
   * @param content the bytes of the file
   * @throws InvalidDefinitionException when the file is invalid; it names every problem with line
   *     and column
   */
  public WorkflowDefinition read(String sourceName, byte[] content) {
    Problems problems = new Problems();
    return check(sourceName, SourceText.decode(content, limits, problems), problems);
  }

  /**
   * Reads a workflow file from its text.
   *
   * @param sourceName the name of the file for messages, as the user gave it
   * @param content the text of the file
   * @throws InvalidDefinitionException when the file is invalid; it names every problem with line
   *     and column
   */
  public WorkflowDefinition read(String sourceName, String content) {
    Problems problems = new Problems();
    return check(sourceName, SourceText.check(content, limits, problems), problems);
  }

  /**
   * Opens the published JSON Schema of a workflow file, for an editor or another validator. The
   * caller closes the stream.
   */
  public static InputStream openSchema() {
    return WorkflowSchema.open();
  }

  private WorkflowDefinition check(String sourceName, String text, Problems problems) {
    YamlNode root = problems.isFatal() ? null : YamlTree.read(text, limits, problems);
    if (root != null) {
      WorkflowSchema.check(root, problems);
      SemanticCheck.check(root, limits, problems);
    }
    if (problems.isEmpty() && root instanceof YamlMap map) {
      return DefinitionMapper.map(map, text);
    }
    throw new InvalidDefinitionException(sourceName, problems.sorted(), limits.maxProblemsShown());
  }
}
