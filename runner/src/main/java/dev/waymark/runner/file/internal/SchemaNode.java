package dev.waymark.runner.file.internal;

import dev.harrel.jsonschema.JsonNode;
import dev.harrel.jsonschema.SimpleType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adapts a node of our tree for the validator. The validator reads children repeatedly, so they are
 * created once. Not thread-safe.
 */
public final class SchemaNode implements JsonNode {
  private final YamlNode node;
  private final String pointer;
  private @Nullable SimpleType type;
  private @Nullable List<JsonNode> items;
  private @Nullable Map<String, JsonNode> members;

  SchemaNode(YamlNode node, String pointer) {
    this.node = node;
    this.pointer = pointer;
  }

  YamlNode node() {
    return node;
  }

  @Override
  public String getJsonPointer() {
    return pointer;
  }

  @Override
  public SimpleType getNodeType() {
    SimpleType known = type;
    if (known == null) {
      known = typeOf(node);
      type = known;
    }
    return known;
  }

  private static SimpleType typeOf(YamlNode node) {
    if (node instanceof YamlMap) {
      return SimpleType.OBJECT;
    }
    if (!(node instanceof YamlScalar scalar)) {
      return SimpleType.ARRAY;
    }
    return switch (scalar.kind()) {
      case NULL -> SimpleType.NULL;
      case BOOLEAN -> SimpleType.BOOLEAN;
      case STRING -> SimpleType.STRING;
      case NUMBER -> scalar.isWhole() ? SimpleType.INTEGER : SimpleType.NUMBER;
    };
  }

  @Override
  public boolean asBoolean() {
    return scalar().text().equalsIgnoreCase("true");
  }

  @Override
  public String asString() {
    return scalar().text();
  }

  @Override
  public BigInteger asInteger() {
    return scalar().number().toBigInteger();
  }

  @Override
  public BigDecimal asNumber() {
    return scalar().number();
  }

  private YamlScalar scalar() {
    return (YamlScalar) node;
  }

  @Override
  public List<JsonNode> asArray() {
    List<JsonNode> known = items;
    if (known == null) {
      known = new ArrayList<>();
      for (YamlNode item : ((YamlList) node).items()) {
        known.add(new SchemaNode(item, pointer + "/" + known.size()));
      }
      items = known;
    }
    return known;
  }

  @Override
  public Map<String, JsonNode> asObject() {
    Map<String, JsonNode> known = members;
    if (known == null) {
      known = new LinkedHashMap<>();
      for (Map.Entry<String, YamlMap.Entry> entry : ((YamlMap) node).entries().entrySet()) {
        String name = entry.getKey();
        known.put(
            name,
            new SchemaNode(
                entry.getValue().value(), pointer + "/" + JsonNode.encodeJsonPointer(name)));
      }
      members = known;
    }
    return known;
  }
}
