package dev.waymark.runner.file.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.harrel.jsonschema.InvalidSchemaException;
import dev.harrel.jsonschema.JsonNode;
import dev.harrel.jsonschema.JsonNodeFactory;
import dev.harrel.jsonschema.Validator;
import dev.harrel.jsonschema.ValidatorFactory;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Durations;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.runner.definition.Condition;
import dev.waymark.runner.definition.DefinitionLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The published schema itself. */
@DisplayName("The published schema")
final class WorkflowSchemaTest {
  private static final List<String> NAMES =
      List.of(
          "a",
          "A.b_c-9",
          "",
          "-a",
          ".a",
          "a b",
          "a\n",
          "é",
          "a/b",
          "9",
          "_a",
          "a".repeat(128),
          "a".repeat(129),
          "WAYMARK_A",
          "~",
          "a\u2028");

  @Test
  @DisplayName("is a valid JSON Schema of draft 2020-12")
  void isValid() throws IOException {
    Validator validator =
        new ValidatorFactory().withJsonNodeFactory(new Parsing()).createValidator();
    assertThat(validator.registerSchema(text())).hasToString("urn:waymark:schema:workflow");
    // The check can fail: without this, a validator that skips it would not be noticed.
    String broken = text().replace("\"minProperties\": 1", "\"minProperties\": \"one\"");
    assertThatExceptionOfType(InvalidSchemaException.class)
        .isThrownBy(
            () ->
                new ValidatorFactory()
                    .withJsonNodeFactory(new Parsing())
                    .createValidator()
                    .registerSchema(broken));
    assertThat(text())
        .startsWith("{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\"");
  }

  @Test
  @DisplayName("describes every key with a title and a description")
  void describesEveryKey() throws IOException {
    YamlMap root = root();
    YamlMap definitions = Objects.requireNonNull(root.map("$defs"));
    described("the workflow", root, definitions);
    for (YamlMap.Entry entry : definitions.entries().values()) {
      described(entry.key().text(), (YamlMap) entry.value(), definitions);
    }
  }

  private static void described(String name, YamlMap schema, YamlMap definitions) {
    YamlMap properties = schema.map("properties");
    if (properties != null) {
      for (YamlMap.Entry property : properties.entries().values()) {
        YamlMap found = (YamlMap) property.value();
        YamlScalar reference = found.scalar("$ref");
        boolean own = found.get("title") != null && found.get("description") != null;
        YamlMap shared =
            reference == null
                ? null
                : definitions.map(reference.text().substring("#/$defs/".length()));
        boolean inherited =
            shared != null && shared.get("title") != null && shared.get("description") != null;
        assertThat(own || inherited)
            .as("%s of %s is described", property.key().text(), name)
            .isTrue();
      }
    }
  }

  @Test
  @DisplayName("allows the same ids as the store")
  void agreesWithTheStore() throws IOException {
    Pattern workflow = pattern("properties", "id");
    Pattern task = pattern("$defs", "tasks", "propertyNames");
    Pattern pool = pattern("$defs", "task", "properties", "pool");
    for (String name : NAMES) {
      assertThat(workflow.matcher(name).find())
          .as("workflow id %s", name)
          .isEqualTo(accepted(name, WorkflowId::new));
      assertThat(task.matcher(name).find())
          .as("task id %s", name)
          .isEqualTo(accepted(name, TaskId::new));
      assertThat(pool.matcher(name).find())
          .as("pool %s", name)
          .isEqualTo(accepted(name, TaskId::new));
    }
  }

  @Test
  @DisplayName("allows every condition that the reader accepts")
  void agreesOnConditions() throws IOException {
    Pattern condition = pattern("$defs", "task", "properties", "if");
    List<String> good =
        List.of(
            "success()",
            " failure() ",
            "${{ always() }}",
            "needs.a.outputs.b == ''",
            "always() && needs.a.outputs.b != 'c\nd'",
            "${{needs.a.outputs.b == '}}'}} \n");
    assertThat(good)
        .allSatisfy(text -> assertThat(accepted(text, Condition::parse)).isTrue())
        .allSatisfy(text -> assertThat(condition.matcher(text).find()).isTrue());
    assertThat(List.of("", "true", "success", "1 == 1", "always() }} }}"))
        .allSatisfy(text -> assertThat(accepted(text, Condition::parse)).isFalse())
        .allSatisfy(text -> assertThat(condition.matcher(text).find()).isFalse());
  }

  @Test
  @DisplayName("allows the same durations as the reader")
  void agreesOnDurations() throws IOException {
    Pattern duration = pattern("$defs", "duration");
    List<String> texts =
        List.of(
            "1ms",
            "1s",
            "1m",
            "1h",
            "1d",
            "1d2h3m4s5ms",
            "1m5ms",
            "",
            "1",
            "s",
            "1s1m",
            "1s1s",
            "1.5h",
            "1 s",
            "PT1S",
            "1S",
            "1s\n",
            "9999999999s",
            "999999999d",
            "0s",
            "-1s",
            "1µs");
    for (String text : texts) {
      assertThat(duration.matcher(text).find()).as(text).isEqualTo(Durations.parse(text) != null);
    }
  }

  private static boolean accepted(String name, Consumer<String> id) {
    try {
      id.accept(name);
      return true;
    } catch (InvalidInputException e) {
      return false;
    }
  }

  private static Pattern pattern(String... path) throws IOException {
    YamlMap schema = root();
    for (String key : path) {
      schema = Objects.requireNonNull(schema.map(key));
    }
    return WorkflowSchema.compile(Objects.requireNonNull(schema.scalar("pattern")).text());
  }

  private static String text() throws IOException {
    try (InputStream stream = WorkflowSchema.open()) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static YamlMap root() throws IOException {
    return (YamlMap) tree(text());
  }

  private static YamlNode tree(String text) {
    return Objects.requireNonNull(YamlTree.read(text, DefinitionLimits.defaults(), new Problems()));
  }

  /** Reads the meta-schemas that the validator contains. */
  private static final class Parsing implements JsonNodeFactory {
    @Override
    public JsonNode wrap(Object node) {
      return (JsonNode) node;
    }

    @Override
    public JsonNode create(String rawJson) {
      return new SchemaNode(tree(rawJson), "");
    }
  }
}
