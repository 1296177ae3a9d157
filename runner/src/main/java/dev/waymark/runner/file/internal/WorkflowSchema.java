package dev.waymark.runner.file.internal;

import dev.harrel.jsonschema.Error;
import dev.harrel.jsonschema.Evaluator;
import dev.harrel.jsonschema.EvaluatorFactory;
import dev.harrel.jsonschema.JsonNode;
import dev.harrel.jsonschema.JsonNodeFactory;
import dev.harrel.jsonschema.Validator;
import dev.harrel.jsonschema.ValidatorFactory;
import dev.waymark.runner.definition.DefinitionLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Checks files against the published JSON Schema. Thread-safe. The schema is read at the first
 * check.
 *
 * <p>Whether the schema itself is valid is not checked here, because that would cost time at every
 * start. A test checks it.
 */
public final class WorkflowSchema {
  private static final URI ID = URI.create("urn:waymark:schema:workflow");

  private WorkflowSchema() {}

  /** The class-path name of the published schema. */
  public static final String RESOURCE = "dev/waymark/runner/definition/workflow.schema.json";

  /** Initialized once, on first use. */
  private static final class Loaded {
    static final YamlNode TREE = readTree();
    static final Validator VALIDATOR = validator(TREE);
  }

  /** Opens the schema; the caller closes it. */
  public static InputStream open() {
    InputStream stream = WorkflowSchema.class.getClassLoader().getResourceAsStream(RESOURCE);
    return Objects.requireNonNull(stream, "the schema is missing from the class path");
  }

  /** Reports every difference between a file and the schema. */
  public static void check(YamlNode root, Problems problems) {
    Validator.Result result = Loaded.VALIDATOR.validate(ID, new SchemaNode(root, ""));
    if (!result.isValid()) {
      SchemaMessages messages = new SchemaMessages(Loaded.TREE, root, problems);
      for (Error error : result.getErrors()) {
        messages.accept(error);
      }
      messages.finish();
    }
  }

  private static YamlNode readTree() {
    try (InputStream stream = open()) {
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      return Objects.requireNonNull(
          YamlTree.read(text, DefinitionLimits.defaults(), new Problems()));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the schema of workflow files cannot be read from the class path", e);
    }
  }

  private static Validator validator(YamlNode tree) {
    Validator validator =
        new ValidatorFactory()
            .withJsonNodeFactory(new Nodes())
            .withEvaluatorFactory(
                new EvaluatorFactory.Builder()
                    .withKeyword("pattern", WorkflowSchema::pattern)
                    .build())
            .withDisabledSchemaValidation(true)
            .createValidator();
    validator.registerSchema(ID, new SchemaNode(tree, ""));
    return validator;
  }

  private static Evaluator pattern(JsonNode schema) {
    Pattern pattern = compile(schema.asString());
    return (context, node) ->
        !node.isString() || pattern.matcher(node.asString()).find()
            ? Evaluator.Result.success()
            : Evaluator.Result.failure("does not match");
  }

  /**
   * In a JSON Schema, {@code $} is the end of the string. In Java it also matches before a newline
   * at the end.
   */
  static Pattern compile(String pattern) {
    return Pattern.compile(
        pattern.endsWith("$") ? pattern.substring(0, pattern.length() - 1) + "\\z" : pattern);
  }

  /** The validator reads only trees that are already parsed. */
  private static final class Nodes implements JsonNodeFactory {
    @Override
    public JsonNode wrap(Object node) {
      return (SchemaNode) node;
    }

    @Override
    public JsonNode create(String rawJson) {
      throw new UnsupportedOperationException("trees are read before they are validated");
    }
  }
}
